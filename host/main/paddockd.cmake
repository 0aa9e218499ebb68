# The daemon. Everything but main() is a library, so that tests reach it.
add_library(paddock_daemon STATIC
  daemon/daemon.cpp daemon/file_watch.cpp daemon/flags.cpp daemon/lock_file.cpp daemon/setup.cpp daemon/systemd.cpp)
target_include_directories(paddock_daemon PUBLIC ${PROJECT_SOURCE_DIR}/host)
target_compile_definitions(paddock_daemon PRIVATE PADDOCK_VERSION="${PROJECT_VERSION}"
  PADDOCK_LIBDIR="${CMAKE_INSTALL_LIBDIR}")
target_link_libraries(paddock_daemon PUBLIC paddock_options paddock::api paddock::control paddock::config
  PRIVATE paddock::store paddock::watch paddock::metrics paddock_fmt CLI11::CLI11)
paddock_reuse_pch(paddock_daemon asio)

paddock_program(paddockd SOURCES paddockd.cpp LIBRARIES paddock_daemon PCH asio)
