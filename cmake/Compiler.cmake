# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Compiler settings of every target: warnings, sanitizers, coverage, and ccache where it is installed.

find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE)
  # Paths are made relative so that a second checkout of the same commit hits the cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros ${WEIR_CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wconversion -Wshadow -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(WEIR_WERROR)
  add_compile_options(-Werror)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 takes "text" + std::string for overlapping copies when it optimises (GCC bug 105651).
  add_compile_options(-Wno-restrict)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  # -g1 keeps line numbers for back traces and halves compile time and object size against -g.
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

if(WEIR_SANITIZE)
  add_compile_options(-fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WEIR_SANITIZE})
  if(WEIR_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=all)
  endif()
endif()

if(WEIR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

if(WEIR_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
