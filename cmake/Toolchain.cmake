# Faster builds where the machine offers it: ccache for compiling, mold for linking.
find_program(PADDOCK_CCACHE ccache)
if(PADDOCK_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need these two kinds of sloppiness or nothing is ever a hit.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${PADDOCK_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
find_program(PADDOCK_MOLD mold)
if(PADDOCK_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Warnings and language level of everything we compile ourselves.
add_library(paddock_options INTERFACE)
target_compile_features(paddock_options INTERFACE cxx_std_20 c_std_11)
target_compile_options(paddock_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<BOOL:${PADDOCK_WERROR}>:-Werror>
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (PADDOCK_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Release"))
  # GCC 12 sees uninitialised optionals and variants where there are none in code that a sanitizer has
  # rewritten or that is inlined deeply, and takes the two halves of Asio's coroutine frames for strangers.
  target_compile_options(paddock_options INTERFACE -Wno-maybe-uninitialized
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-mismatched-new-delete>)
endif()
if(PADDOCK_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Asio's fences are not seen by the sanitizer; its locks are, and they are what orders our handlers.
  target_compile_options(paddock_options INTERFACE -Wno-tsan)
endif()
