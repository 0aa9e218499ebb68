# Everything comes from Debian packages; nothing is downloaded while building.
set(CMAKE_THREAD_PREFER_PTHREAD ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(CLI11 REQUIRED)
find_package(SQLiteCpp REQUIRED)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(LIBCGROUP REQUIRED IMPORTED_TARGET libcgroup)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()

# fmt is compiled into what uses it: Debian has only a shared library of it, and a shared library costs every
# runner its relocations and its share of the dynamic linker's time.
get_target_property(PADDOCK_FMT_INCLUDES fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
add_library(paddock_fmt STATIC ${PROJECT_SOURCE_DIR}/cmake/separate/fmt.cpp)
target_include_directories(paddock_fmt SYSTEM PUBLIC ${PADDOCK_FMT_INCLUDES})
target_compile_features(paddock_fmt PUBLIC cxx_std_20)

# Boost.JSON, Asio and Beast are compiled once, here, instead of in every file that includes them.
add_library(paddock_json STATIC ${PROJECT_SOURCE_DIR}/cmake/separate/json.cpp)
target_link_libraries(paddock_json PUBLIC Boost::headers)
set_target_properties(paddock_json PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
target_compile_features(paddock_json PUBLIC cxx_std_20)

add_library(paddock_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/separate/asio.cpp)
target_link_libraries(paddock_asio PUBLIC Boost::headers Threads::Threads)
target_compile_definitions(paddock_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_SERIAL_PORT)
target_compile_features(paddock_asio PUBLIC cxx_std_20)

add_library(paddock_beast STATIC ${PROJECT_SOURCE_DIR}/cmake/separate/beast.cpp)
target_link_libraries(paddock_beast PUBLIC paddock_asio)
target_compile_definitions(paddock_beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)

add_library(paddock_url STATIC ${PROJECT_SOURCE_DIR}/cmake/separate/url.cpp)
target_link_libraries(paddock_url PUBLIC Boost::headers)

# One hash, from OpenSSL's static library: the shared one would cost every runner and every adapter
# process half a MiB of memory for it. The old functions are used because the new ones pull all of it in.
find_library(PADDOCK_STATIC_CRYPTO libcrypto.a REQUIRED)
add_library(paddock_sha256 INTERFACE)
target_include_directories(paddock_sha256 SYSTEM INTERFACE ${OPENSSL_INCLUDE_DIR})
target_compile_definitions(paddock_sha256 INTERFACE OPENSSL_SUPPRESS_DEPRECATED)
target_link_libraries(paddock_sha256 INTERFACE ${PADDOCK_STATIC_CRYPTO})

# The same for the filter library of the adapter's jail, and for libcgroup: a runner uses nothing of it, but
# would load it all the same.
foreach(library IN ITEMS seccomp cgroup)
  find_library(PADDOCK_STATIC_${library} lib${library}.a REQUIRED)
  add_library(paddock_lib${library} INTERFACE)
  target_link_libraries(paddock_lib${library} INTERFACE ${PADDOCK_STATIC_${library}})
endforeach()
target_include_directories(paddock_libseccomp SYSTEM INTERFACE ${SECCOMP_INCLUDE_DIRS})
target_include_directories(paddock_libcgroup SYSTEM INTERFACE ${LIBCGROUP_INCLUDE_DIRS})

# The terminal, from libvterm's static library: every runner would pay for the shared one, few have a terminal.
pkg_check_modules(VTERM REQUIRED vterm)
find_library(PADDOCK_STATIC_VTERM libvterm.a REQUIRED)
add_library(paddock_vterm INTERFACE)
target_include_directories(paddock_vterm SYSTEM INTERFACE ${VTERM_INCLUDE_DIRS})
target_link_libraries(paddock_vterm INTERFACE ${PADDOCK_STATIC_VTERM})

# Precompiled header sets. A target names the one it wants; see paddock_reuse_pch(). GCC refuses a
# precompiled header made with other language or warning options, so they share paddock_options.
if(PADDOCK_PCH)
  add_library(paddock_pch_json STATIC ${PROJECT_SOURCE_DIR}/cmake/separate/pch_json.cpp)
  target_link_libraries(paddock_pch_json PUBLIC paddock_options paddock_json paddock_fmt)
  target_precompile_headers(paddock_pch_json PRIVATE ${PROJECT_SOURCE_DIR}/cmake/separate/pch_json.hpp)
  add_library(paddock_pch_asio STATIC ${PROJECT_SOURCE_DIR}/cmake/separate/pch_asio.cpp)
  target_link_libraries(paddock_pch_asio PUBLIC paddock_options paddock_json paddock_asio paddock_fmt)
  target_precompile_headers(paddock_pch_asio PRIVATE ${PROJECT_SOURCE_DIR}/cmake/separate/pch_asio.hpp)
endif()
