# One function per kind of target. Sources are listed by name; nothing is found by pattern.

# The floors table, read once: sets PADDOCK_FLOOR_<folder> to the folders it may include.
file(STRINGS ${PROJECT_SOURCE_DIR}/cmake/floors.txt _lines REGEX "^[0-9]+ [a-z]+:")
foreach(_line IN LISTS _lines)
  string(REGEX MATCH "^[0-9]+ ([a-z]+):(.*)$" _ "${_line}")
  set(_name ${CMAKE_MATCH_1})
  string(STRIP "${CMAKE_MATCH_2}" _deps)
  string(REPLACE " " ";" PADDOCK_FLOOR_${_name} "${_deps}")
endforeach()
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/cmake/floors.txt)

# paddock_library(<folder> SOURCES ... PUBLIC_HEADERS ... [LIBRARIES ...] [PRIVATE_LIBRARIES ...] [PCH asio|json])
#
# One floor of the host: a static library paddock_<folder> (alias paddock::<folder>) built from
# host/<folder>. It is linked with exactly the floors that cmake/floors.txt lists for it. File names
# are relative to host/<folder>. LIBRARIES and PRIVATE_LIBRARIES are third-party targets. PCH names
# the precompiled header set to reuse.
function(paddock_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PCH" "SOURCES;PUBLIC_HEADERS;LIBRARIES;PRIVATE_LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "paddock_library(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_library(paddock_${name} STATIC)
  add_library(paddock::${name} ALIAS paddock_${name})
  target_sources(paddock_${name} PRIVATE ${arg_SOURCES}
    PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/host FILES ${arg_PUBLIC_HEADERS})
  target_include_directories(paddock_${name} PUBLIC ${PROJECT_SOURCE_DIR}/host)
  list(TRANSFORM PADDOCK_FLOOR_${name} PREPEND paddock:: OUTPUT_VARIABLE deps)
  target_link_libraries(paddock_${name}
    PUBLIC paddock_options ${deps} ${arg_LIBRARIES} PRIVATE ${arg_PRIVATE_LIBRARIES})
  paddock_reuse_pch(paddock_${name} ${arg_PCH})
endfunction()

# paddock_reuse_pch(<target> [asio|json]): compile <target> with a shared precompiled header.
function(paddock_reuse_pch target)
  if(ARGN AND PADDOCK_PCH)
    target_link_libraries(${target} PRIVATE paddock_pch_${ARGV1})
    target_precompile_headers(${target} REUSE_FROM paddock_pch_${ARGV1})
    get_target_property(type ${target} TYPE)
    if(type STREQUAL EXECUTABLE)
      target_compile_options(${target} PRIVATE -fPIC)  # as the header was made; a program's default is -fPIE
    endif()
  endif()
endfunction()

# paddock_program(<name> SOURCES ... LIBRARIES ... [PCH ...]): a program of the product, in build/<preset>/bin.
function(paddock_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PCH" "SOURCES;LIBRARIES")
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/host)
  target_link_libraries(${name} PRIVATE paddock_options ${arg_LIBRARIES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  paddock_reuse_pch(${name} ${arg_PCH})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# paddock_test(<name> SOURCES ... LIBRARIES ... [LABELS unit|integration|real ...] [PCH ...])
#
# One GoogleTest program; every TEST becomes a ctest. The default label is unit. Programs with the
# label integration may use the built paddockd, paddock, paddock-runner and adapters.
function(paddock_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PCH;TIMEOUT" "SOURCES;LIBRARIES;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE
    PADDOCK_SOURCE_DIR="${PROJECT_SOURCE_DIR}" PADDOCK_BUILD_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE paddock_options ${arg_LIBRARIES} GTest::gmock_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  paddock_reuse_pch(${name} ${arg_PCH})
  if(PADDOCK_SANITIZE AND arg_LABELS STREQUAL "unit")
    # A sanitized process takes longer to come up than most cases take to run: one for all of them.
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 600)
    return()
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()

# paddock_needs_product(<test> [adapters...]): builds the programs and these adapters before the test.
function(paddock_needs_product test)
  list(TRANSFORM ARGN PREPEND paddock_adapter_ OUTPUT_VARIABLE adapters)
  foreach(target IN ITEMS paddockd paddock paddock-runner ${adapters})
    if(TARGET ${target})
      add_dependencies(${test} ${target})
    endif()
  endforeach()
endfunction()
