paddock_program(paddock-runner
  SOURCES paddock_runner.cpp
  LIBRARIES paddock::runner
  PCH asio)
