# pratique_module(NAME LAYER base|model|engine|world|flow|app
#                 SOURCES ... [TESTS ...] [DEPENDS module...] [LIBRARIES target...])
#
# One module is one static library pratique_NAME and, where it has TESTS, one GoogleTest program NAME_test.
# An upward or sideways dependency is refused here, at configure time; tools/check_layers.py reads the
# includes themselves. LIBRARIES are third-party and stay private to the module.

set(PRATIQUE_LAYERS base model engine world flow app)
set(PRATIQUE_BELOW_base "")
set(PRATIQUE_BELOW_model base)
set(PRATIQUE_BELOW_engine base model)
set(PRATIQUE_BELOW_world base model)
set(PRATIQUE_BELOW_flow base model engine world)
set(PRATIQUE_BELOW_app base model engine world flow)

function(pratique_allowed name layer dep out)
  get_property(dep_layer GLOBAL PROPERTY PRATIQUE_LAYER_${dep})
  set(ok FALSE)
  if(dep_layer IN_LIST PRATIQUE_BELOW_${layer})
    set(ok TRUE)
  elseif(dep_layer STREQUAL layer)
    # The siblings that may include each other (docs/architecture.md).
    if((layer STREQUAL "engine" AND dep STREQUAL "version")
       OR (name STREQUAL "policy" AND dep STREQUAL "cel")
       OR (layer STREQUAL "world" AND dep STREQUAL "http")
       OR layer STREQUAL "app" OR layer STREQUAL "flow")
      set(ok TRUE)
    endif()
  endif()
  set(${out} ${ok} PARENT_SCOPE)
endfunction()

function(pratique_module name)
  cmake_parse_arguments(M "" "LAYER" "SOURCES;TESTS;DEPENDS;LIBRARIES" ${ARGN})
  if(NOT M_LAYER IN_LIST PRATIQUE_LAYERS)
    message(FATAL_ERROR "module ${name}: layer '${M_LAYER}' is none of ${PRATIQUE_LAYERS}")
  endif()
  set_property(GLOBAL PROPERTY PRATIQUE_LAYER_${name} ${M_LAYER})

  add_library(pratique_${name} STATIC ${M_SOURCES})
  target_include_directories(pratique_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  foreach(dep IN LISTS M_DEPENDS)
    get_property(dep_layer GLOBAL PROPERTY PRATIQUE_LAYER_${dep})
    if(NOT dep_layer)
      message(FATAL_ERROR "module ${name} (${M_LAYER}) depends on ${dep}, which is unknown or in a layer above")
    endif()
    pratique_allowed(${name} ${M_LAYER} ${dep} ok)
    if(NOT ok)
      message(FATAL_ERROR "module ${name} (${M_LAYER}) may not depend on ${dep} (${dep_layer}): "
                          "data flows app -> flow -> {engine, world} -> model -> base")
    endif()
    target_link_libraries(pratique_${name} PUBLIC pratique_${dep})
  endforeach()
  target_link_libraries(pratique_${name} PRIVATE ${M_LIBRARIES})

  if(PRATIQUE_TESTS AND M_TESTS)
    pratique_test(${name}_test SOURCES ${M_TESTS} MODULES ${name})
    target_link_libraries(${name}_test PRIVATE ${M_LIBRARIES})
  endif()
endfunction()

# pratique_test(NAME SOURCES ... MODULES ... [LIBRARIES ...] [LABEL unit|golden|integration|conformance|e2e])
function(pratique_test name)
  cmake_parse_arguments(T "" "LABEL" "SOURCES;MODULES;LIBRARIES" ${ARGN})
  if(NOT T_LABEL)
    set(T_LABEL unit)
  endif()
  add_executable(${name} ${T_SOURCES})
  foreach(module IN LISTS T_MODULES)
    target_link_libraries(${name} PRIVATE pratique_${module})
  endforeach()
  target_link_libraries(${name} PRIVATE ${T_LIBRARIES} GTest::gtest GTest::gmock GTest::gtest_main)
  # Only for those that name them: what others compile to is the same in every checkout, and ccache finds it again.
  # (A test that begins to name them needs cmake run once more.)
  foreach(source IN LISTS T_SOURCES)
    file(STRINGS ${source} named REGEX "PRATIQUE_(SOURCE|BINARY)_DIR" LIMIT_COUNT 1)
    if(named)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS
        PRATIQUE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" PRATIQUE_BINARY_DIR="${CMAKE_BINARY_DIR}")
    endif()
  endforeach()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${T_LABEL} TIMEOUT 300 SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
endfunction()
