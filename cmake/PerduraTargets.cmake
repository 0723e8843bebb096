# Target helpers. One library per folder: explicit sources, explicit private dependencies, strict warnings.

set(PERDURA_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Werror
                     -Werror=unused-result)

function(perdura_common_options target)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${target} PRIVATE ${PERDURA_WARNINGS})
  if(PERDURA_FAILPOINTS)
    target_compile_definitions(${target} PRIVATE PERDURA_FAILPOINTS=1)
  endif()
endfunction()

# perdura_library(NAME name SRCS files... [DEPS targets...] [EXCEPTIONS])
# A static library with the alias perdura::<name>. EXCEPTIONS: only where a third-party header needs them (CLI11).
function(perdura_library)
  cmake_parse_arguments(ARG "EXCEPTIONS" "NAME" "SRCS;DEPS" ${ARGN})
  add_library(perdura_${ARG_NAME} STATIC ${ARG_SRCS})
  add_library(perdura::${ARG_NAME} ALIAS perdura_${ARG_NAME})
  perdura_common_options(perdura_${ARG_NAME})
  if(NOT ARG_EXCEPTIONS)
    target_compile_options(perdura_${ARG_NAME} PRIVATE -fno-exceptions)
  endif()
  target_link_libraries(perdura_${ARG_NAME} PUBLIC ${ARG_DEPS})
endfunction()

# perdura_binary(NAME name SRCS files... [DEPS targets...] [EXCEPTIONS])
function(perdura_binary)
  cmake_parse_arguments(ARG "EXCEPTIONS" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  perdura_common_options(${ARG_NAME})
  if(NOT ARG_EXCEPTIONS)
    target_compile_options(${ARG_NAME} PRIVATE -fno-exceptions)
  endif()
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# perdura_test(NAME name SRCS files... [DEPS targets...] [LABELS labels...])
# One gtest binary; every case becomes a ctest test named <suite>.<case>.
function(perdura_test)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS;LABELS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  perdura_common_options(${ARG_NAME})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${ARG_NAME} PRIVATE PERDURA_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" DISCOVERY_TIMEOUT 60)
endfunction()
