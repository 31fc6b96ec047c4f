# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Install rules: tools, library, headers, examples, and the CMake package `weir` that exports weir::core.

include(CMakePackageConfigHelpers)

install(
  TARGETS weir_core
  EXPORT weir-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/weir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY examples/labels examples/policies examples/scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/weir)
install(FILES examples/model/default.ubj DESTINATION ${CMAKE_INSTALL_DATADIR}/weir)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(weir_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/weir)
install(
  EXPORT weir-targets
  NAMESPACE weir::
  DESTINATION ${weir_package_dir})
configure_package_config_file(cmake/weir-config.cmake.in ${CMAKE_BINARY_DIR}/weir-config.cmake
                              INSTALL_DESTINATION ${weir_package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/weir-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/weir-config.cmake ${CMAKE_BINARY_DIR}/weir-config-version.cmake
              cmake/FindXGBoostC.cmake
        DESTINATION ${weir_package_dir})
