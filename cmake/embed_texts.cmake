# pratique_embed(OUTPUT HEADER FUNCTION FILES...): writes a .cpp whose FUNCTION() gives the files as {name, text}, sorted
# by name. Made anew when a file changes.
function(pratique_embed output header function)
  set(text "// Made by cmake/embed_texts.cmake.\n#include \"${header}\"\n\nnamespace pratique {\n\n")
  string(APPEND text "std::span<const LibraryFile> ${function}() {\n  static constexpr LibraryFile files[] = {\n")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    get_filename_component(name "${file}" NAME)
    file(READ "${file}" content)
    string(APPEND text "      {\"${name}\", R\"embedded(${content})embedded\"},\n")
  endforeach()
  string(APPEND text "  };\n  return files;\n}\n\n}  // namespace pratique\n")
  file(CONFIGURE OUTPUT "${output}" CONTENT "${text}" @ONLY)
endfunction()
