# paddock_add_adapter(<name> SOURCES ... [CORE ...] [LIBRARIES ...] [SCREENS file] [OUTPUT_DIRECTORY dir] [NO_INSTALL])
#
# An adapter library <name>.so that exports paddock_adapter_v* and nothing else, in
# <build>/lib/paddock/adapters, installed to <libdir>/paddock/adapters. SOURCES are the module's own
# files: the one with PADDOCK_ADAPTER(), or C. Files under CORE go into a static library
# paddock_adapter_<name>_core, so that tests can link them without loading anything. LIBRARIES are
# linked to both. SCREENS is the YAML file of what the agent's screens mean. The module's target is
# paddock_adapter_<name>.

function(paddock_add_adapter name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_INSTALL" "OUTPUT_DIRECTORY;SCREENS" "SOURCES;CORE;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "paddock_add_adapter(${name}): needs SOURCES; unknown arguments '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  set(module paddock_adapter_${name})
  set(libraries Paddock::sdk ${arg_LIBRARIES})
  foreach(common IN ITEMS Paddock::json paddock_adapter_options)
    if(TARGET ${common})
      list(APPEND libraries ${common})
    endif()
  endforeach()
  add_library(${module} MODULE ${arg_SOURCES})
  target_link_libraries(${module} PRIVATE ${libraries})
  _paddock_adapter_flags(${module})
  if(arg_CORE)
    add_library(${module}_core STATIC ${arg_CORE})
    target_link_libraries(${module}_core PUBLIC ${libraries})
    target_include_directories(${module}_core PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    _paddock_adapter_flags(${module}_core)
    target_link_libraries(${module} PRIVATE ${module}_core)
  endif()
  if(NOT arg_OUTPUT_DIRECTORY)
    set(arg_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/paddock/adapters)
  endif()
  set_target_properties(${module} PROPERTIES PREFIX "" SUFFIX ".so" OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${arg_OUTPUT_DIRECTORY}
    LINK_DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/PaddockAdapter.map)
  target_link_options(${module} PRIVATE -Wl,-z,now -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/PaddockAdapter.map)
  # A sanitizer's symbols come from the program that loads the library.
  if(NOT PADDOCK_SANITIZE)
    target_link_options(${module} PRIVATE -Wl,-z,defs -Wl,--gc-sections)
    # The host has no C++ library for an adapter to share: a library of its own costs each session only what the
    # adapter uses of it, and no other version of it can meet this one.
    if(CMAKE_CXX_COMPILER_LOADED)
      target_link_options(${module} PRIVATE -static-libstdc++ -static-libgcc)
    endif()
  endif()
  # The host refuses a library that others may write, and a umask of 002 makes such files.
  add_custom_command(TARGET ${module} POST_BUILD COMMAND chmod go-w $<TARGET_FILE:${module}>)
  if(arg_SCREENS)
    # Beside the library and not in it: agents change their screens more often than adapters change.
    configure_file(${arg_SCREENS} ${arg_OUTPUT_DIRECTORY}/${name}.screens.yaml COPYONLY)
  endif()
  if(NOT arg_NO_INSTALL)
    include(GNUInstallDirs)
    if(arg_SCREENS)
      install(FILES ${arg_SCREENS} DESTINATION ${CMAKE_INSTALL_LIBDIR}/paddock/adapters RENAME ${name}.screens.yaml)
    endif()
    install(TARGETS ${module} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/paddock/adapters)
  endif()
endfunction()

# Hidden symbols and no unique ones: either would keep the library mapped, or let two adapters meet.
function(_paddock_adapter_flags target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_compile_features(${target} PRIVATE c_std_11)
  if(CMAKE_CXX_COMPILER_LOADED)
    target_compile_features(${target} PRIVATE cxx_std_20)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  endif()
endfunction()
