# Installs the SDK into an empty folder and builds both examples against it, as a stranger would: with
# find_package() in C++ and in C, and with pkg-config and nothing else.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "'${ARGV}' gave ${status}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(check_exports library)
  run(nm -D --defined-only --format=posix ${library})
  if(NOT output MATCHES "^paddock_adapter_v1 [^\n]*\n$")
    message(FATAL_ERROR "${library} exports more or less than its adapter:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK_DIR})
set(prefix ${WORK_DIR}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix} --component sdk)

foreach(example IN ITEMS echo-c echo-cpp)
  set(build ${WORK_DIR}/${example})
  run(${CMAKE_COMMAND} -S ${SOURCE_DIR}/sdk/examples/${example} -B ${build} -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_INSTALL_PREFIX=${WORK_DIR}/installed -DCMAKE_C_COMPILER=${C_COMPILER} -DCMAKE_CXX_COMPILER=${CXX_COMPILER})
  run(${CMAKE_COMMAND} --build ${build})
  run(${CMAKE_COMMAND} --install ${build})
  check_exports(${build}/lib/paddock/adapters/${example}.so)
  file(GLOB installed ${WORK_DIR}/installed/*/paddock/adapters/${example}.so ${WORK_DIR}/installed/*/*/paddock/adapters/${example}.so)
  if(NOT installed)
    message(FATAL_ERROR "${example}.so was not installed to <libdir>/paddock/adapters")
  endif()
endforeach()

# A later major is not found.
file(WRITE ${WORK_DIR}/later/CMakeLists.txt
  "cmake_minimum_required(VERSION 3.25)\nproject(later LANGUAGES NONE)\nfind_package(PaddockSdk 2.0 CONFIG REQUIRED)\n")
execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK_DIR}/later -B ${WORK_DIR}/later/build -DCMAKE_PREFIX_PATH=${prefix}
  RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE why)
if(status EQUAL 0 OR NOT why MATCHES "version: 1.0.0")
  message(FATAL_ERROR "asking for version 2 of the SDK gave ${status}: ${why}")
endif()

set(ENV{PKG_CONFIG_PATH} ${prefix}/${LIBDIR}/pkgconfig)
run(pkg-config --define-variable=prefix=${prefix} --cflags paddock-sdk)
string(STRIP "${output}" flags)
run(${C_COMPILER} -std=c11 -shared -fPIC -fvisibility=hidden ${flags} ${SOURCE_DIR}/sdk/examples/echo-c/echo.c
  ${SOURCE_DIR}/sdk/examples/echo-c/json_text.c -o ${WORK_DIR}/plain.so)
check_exports(${WORK_DIR}/plain.so)

# The adapter that the README builds in 30 minutes: its build file and its class, as they are printed.
file(READ ${SOURCE_DIR}/sdk/README.md readme)
foreach(block IN ITEMS "cmake CMakeLists.txt" "cpp parrot.cpp")
  separate_arguments(words UNIX_COMMAND "${block}")
  list(GET words 0 language)
  list(GET words 1 file)
  if(NOT readme MATCHES "```${language}\n([^`]+)```")
    message(FATAL_ERROR "sdk/README.md has no block of ${language}")
  endif()
  file(WRITE ${WORK_DIR}/parrot/${file} "${CMAKE_MATCH_1}")
endforeach()
run(${CMAKE_COMMAND} -S ${WORK_DIR}/parrot -B ${WORK_DIR}/parrot/build -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_CXX_COMPILER=${CXX_COMPILER})
run(${CMAKE_COMMAND} --build ${WORK_DIR}/parrot/build)
check_exports(${WORK_DIR}/parrot/build/lib/paddock/adapters/parrot.so)
