// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Choices as a list, the base as a table.
#include "report_choices.hpp"

#include <fmt/format.h>

#include "report_markup.hpp"

namespace weir {
namespace {

using namespace markup;

void add_choices(Out out, const std::vector<std::string>& choices) {
  fmt::format_to(out,
                 "<section class=\"card\">\n<h2>Chosen</h2>\n<p class=\"caption\">By training, on "
                 "rows that were not held out.</p>\n<ul class=\"choices\">\n");
  for (const std::string& choice : choices) fmt::format_to(out, "<li>{}</li>\n", escape(choice));
  fmt::format_to(out, "</ul>\n</section>\n");
}

void add_base(Out out, const BaseResult& base, const Measurement& measured) {
  fmt::format_to(
      out,
      "<section class=\"card\">\n<h2>Base{}</h2>\n<p class=\"caption\">What {} is worth on the "
      "same rows.</p>\n<table>\n<tr><th></th><th>macro-F1</th></tr>\n"
      "<tr><td>the model</td><td>{:.3f}</td></tr>\n"
      "<tr class=\"mean\"><td>without the base</td><td>{:.3f}</td></tr>\n"
      "<tr class=\"mean\"><td>the base alone</td><td>{:.3f}</td></tr>\n</table>\n</section>\n",
      caution_of(measured), escape(base.name), measured.scores.macro.f1, base.without, base.alone);
}

}  // namespace

std::string choice_cards(const EvaluationReport& report) {
  std::string cards;
  const Out out(cards);
  if (!report.choices.empty()) add_choices(out, report.choices);
  if (report.base) add_base(out, *report.base, report.measured);
  return cards;
}

}  // namespace weir
