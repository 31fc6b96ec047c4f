# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Finds XGBoost's C API as xgboost::c. Debian's own package file also demands the command-line program, which
# nothing here needs.

find_path(XGBoostC_INCLUDE_DIR xgboost/c_api.h)
find_library(XGBoostC_LIBRARY xgboost)
mark_as_advanced(XGBoostC_INCLUDE_DIR XGBoostC_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(XGBoostC REQUIRED_VARS XGBoostC_LIBRARY XGBoostC_INCLUDE_DIR)

if(XGBoostC_FOUND AND NOT TARGET xgboost::c)
  add_library(xgboost::c UNKNOWN IMPORTED)
  set_target_properties(xgboost::c PROPERTIES IMPORTED_LOCATION ${XGBoostC_LIBRARY}
                                              INTERFACE_INCLUDE_DIRECTORIES ${XGBoostC_INCLUDE_DIR})
endif()
