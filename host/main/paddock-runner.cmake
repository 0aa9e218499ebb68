paddock_program(paddock-runner
  SOURCES paddock_runner.cpp
  LIBRARIES paddock::runner
  PCH asio)

# One of these runs per session: a library that is only listed would cost each of them its relocations.
target_link_options(paddock-runner PRIVATE -Wl,--as-needed)
