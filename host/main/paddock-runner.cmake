paddock_program(paddock-runner
  SOURCES paddock_runner.cpp
  LIBRARIES paddock::runner
  PCH asio)

# One of these runs per session, and each would pay for every shared library: for its relocations in memory and
# for its loading in time. So there is none but the C library, which adapters need to be loaded at all.
# It is linked to a fixed address: the tables of functions in it then need no change when it is loaded, and the pages
# they are on stay shared among all runners. Libraries, heap and stack are still at random places.
target_link_options(paddock-runner PRIVATE -Wl,--as-needed -Wl,--gc-sections -Wl,-z,now)
if(NOT PADDOCK_SANITIZE)
  target_link_options(paddock-runner PRIVATE -static-libstdc++ -static-libgcc -no-pie)
endif()
# Two functions about rounding. Code that is not optimised calls others, of which only the shared library can choose
# the one for the processor.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT PADDOCK_SANITIZE)
  find_library(PADDOCK_STATIC_MATH libm.a REQUIRED)
  target_link_libraries(paddock-runner PRIVATE ${PADDOCK_STATIC_MATH})
endif()
