# The command line. Everything but main() is a library, so that tests reach it.
add_library(paddock_cli STATIC
  cli/actions.cpp cli/adapters.cpp cli/address.cpp cli/approvals.cpp cli/attach.cpp cli/client.cpp cli/commands.cpp
  cli/completion.cpp cli/config.cpp cli/connect.cpp cli/context.cpp cli/daemon.cpp cli/describe.cpp cli/doctor.cpp cli/fields.cpp
  cli/follow.cpp cli/logs.cpp cli/outcome.cpp cli/run.cpp cli/run_request.cpp cli/raw_terminal.cpp cli/run_view.cpp
  cli/sessions.cpp cli/show.cpp cli/socket.cpp
  cli/table.cpp cli/text.cpp cli/terminal.cpp cli/tokens.cpp cli/updown.cpp)
target_compile_definitions(paddock_cli PUBLIC PADDOCK_VERSION="${PROJECT_VERSION}")
target_include_directories(paddock_cli PUBLIC ${PROJECT_SOURCE_DIR}/host)
target_link_libraries(paddock_cli PUBLIC paddock_options paddock::config paddock::base paddock_json paddock_beast
  PRIVATE paddock_fmt CLI11::CLI11)
paddock_reuse_pch(paddock_cli asio)

paddock_program(paddock SOURCES paddock.cpp LIBRARIES paddock_cli CLI11::CLI11 PCH asio)
