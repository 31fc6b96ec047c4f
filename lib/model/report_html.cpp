// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The report as one page of HTML with drawings in SVG; nothing in it runs or is loaded.
#include <fmt/format.h>

#include "name_some.hpp"
#include "report_cards.hpp"
#include "report_charts.hpp"
#include "report_choices.hpp"
#include "report_figures.hpp"
#include "report_markup.hpp"
#include "report_model_cards.hpp"
#include "weir/base/version.hpp"
#include "weir/model/report.hpp"

namespace weir {
namespace {

using namespace markup;

constexpr std::string_view kStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #dfe3e8; --text: #1b2430; --soft: #5b6776;
  --accent: #1166a8; --on-accent: #ffffff; --wrong: #b4501e; --track: #e9edf1;
  --precision: #7aa7cf; --recall: #2f7f86; --f1: #1166a8; --note: #fff6e0; --note-line: #e3c16f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2028; --line: #2c3541; --text: #e6eaf0; --soft: #9aa7b6;
    --accent: #58a6dd; --on-accent: #0c1219; --wrong: #e0905c; --track: #28303b;
    --precision: #3f6f9b; --recall: #4fb0a8; --f1: #58a6dd; --note: #2b2616; --note-line: #6d5a25;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 56px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; font-weight: 650; }
h2 { font-size: 17px; margin: 0 0 2px; font-weight: 650; }
p { margin: 0; }
.soft, .caption { color: var(--soft); }
.caption { font-size: 13px; margin-bottom: 16px; }
.figures { display: grid; gap: 14px; margin: 26px 0; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); }
.figure, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.figure { padding: 14px 18px; }
.figure b { display: block; font-size: 30px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.figure span { color: var(--soft); font-size: 13px; }
.figure.first b { color: var(--accent); }
.card { padding: 22px 24px; overflow-x: auto; }
.note { background: var(--note); border: 1px solid var(--note-line); border-radius: 10px; padding: 12px 18px; margin-top: 14px; }
.note li { margin: 2px 0; }
.note ul { margin: 0; padding-left: 18px; }
.cards { display: flex; flex-wrap: wrap; gap: 18px; }
.card { flex: 1 1 400px; min-width: 0; }
.card.wide { flex-basis: 600px; flex-grow: 3; }
svg { display: block; max-width: 100%; height: auto; }
.chart { width: 100%; max-width: 500px; }
.scroll { overflow-x: auto; }
svg text { fill: var(--text); font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
svg .soft { fill: var(--soft); }
svg .number { font-variant-numeric: tabular-nums; }
svg .on { fill: var(--on-accent); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 5px 0 5px 16px; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th { color: var(--soft); font-weight: 500; font-size: 13px; }
.next { margin-top: 36px; }
.cards.next { margin-top: 18px; }
em.caution { color: var(--wrong); font-style: normal; font-size: 12px; font-weight: 500; }
.choices { margin: 0; padding-left: 18px; overflow-wrap: anywhere; }
.flows { margin: 2px 0 12px; padding-left: 4px; list-style: none; color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
td + td { white-space: nowrap; }
tr.mean td { color: var(--soft); }
tr:last-child td { border-bottom: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 22px; margin: 12px 0 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 28px; color: var(--soft); font-size: 13px; }
@media (max-width: 520px) { .card, .card.wide { flex-basis: 100%; } main { padding: 24px 14px; } .card { padding: 18px 16px; } table { font-size: 13px; } th, td { padding-left: 8px; } }
@media print { body { background: none; } .card, .figure { break-inside: avoid; } }
)css";

void add_head(Out out, const EvaluationReport& report) {
  const std::string name = report.model.empty() ? report.algorithm : report.model;
  fmt::format_to(out,
                 "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<title>{} &#8211; {}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n"
                 "<header>\n<h1>{}</h1>\n<p class=\"soft\">{} rows",
                 escape(report.title), escape(name), kStyle, escape(report.title),
                 grouped(report.measured.matrix.total()));
  if (report.measured.groups > 0) {
    fmt::format_to(out, " of {}", count_groups(report.measured));
  }
  fmt::format_to(out, ", classified by {}</p>\n</header>\n", escape(name));
}

void add_warnings(Out out, const EvaluationReport& report) {
  if (report.warnings.empty()) return;
  fmt::format_to(out, "<section class=\"note\"><ul>\n");
  for (const std::string& warning : report.warnings) {
    fmt::format_to(out, "<li>{}</li>\n", escape(warning));
  }
  fmt::format_to(out, "</ul></section>\n");
}

void add_fact(Out out, std::string_view name, std::string_view value) {
  fmt::format_to(out, "<dt>{}</dt><dd>{}</dd>\n", name, escape(value));
}

void add_facts(Out out, const EvaluationReport& report) {
  fmt::format_to(out, "<section class=\"card\">\n<h2>How it was measured</h2>\n<dl>\n");
  if (!report.model.empty()) add_fact(out, "Model", report.model);
  add_fact(out, "Algorithm", report.algorithm);
  add_fact(out, "Features", grouped(report.features));
  add_fact(out, "Trained on", grouped(report.training_rows) + " rows");
  add_fact(out, "Data", fmt::format("{}", fmt::join(report.data, ", ")));
  add_fact(out, "Rows measured", report.measured.split);
  if (const std::string rows = rows_left_out(report, grouped); !rows.empty()) {
    add_fact(out, "Rows left out", rows);
  }
  if (report.unknown_label_rows > 0) {
    add_fact(out, "Unknown labels", grouped(report.unknown_label_rows) + " rows, counted as wrong");
  }
  if (report.measured.duplicates.unchecked > 0) {
    add_fact(out, "Equal to training rows", why_unchecked(report.measured.duplicates));
  }
  if (report.measured.duplicates.rows > 0) {
    add_fact(out, "Equal to training rows",
             fmt::format("{} rows, {}", grouped(report.measured.duplicates.rows),
                         report.measured.duplicates.left_out ? "left out" : "measured"));
  }
  if (const auto& others = report.measured.duplicates.others) {
    add_fact(out, "Without these",
             fmt::format("accuracy {:.3f}, macro-F1 {:.3f}", others->accuracy, others->macro_f1));
  }
  if (!report.identifiers.empty()) {
    add_fact(out, "Identifiers among the features",
             fmt::format("{}", fmt::join(report.identifiers, ", ")));
  }
  if (const auto& constant = report.features_alone.constant; !constant.empty()) {
    add_fact(out, "Features with one value", name_some(constant));
  }
  fmt::format_to(out, "</dl>\n</section>\n");
}

}  // namespace

std::string report_html(const EvaluationReport& report) {
  std::string page;
  const Out out(page);
  add_head(out, report);
  add_warnings(out, report);
  page += measurement_cards(report.measured);
  if (report.cross_validation) {
    const Measurement& folds = *report.cross_validation;
    fmt::format_to(out,
                   "<h1 class=\"next\">Cross-validation</h1>\n<p class=\"soft\">{} rows of {}, {} "
                   "folds {}{}</p>\n",
                   grouped(folds.matrix.total()), count_groups(folds), folds.folds, folds.split,
                   folds.repeats > 1 ? fmt::format(", dealt {} times", folds.repeats) : "");
    page += measurement_cards(folds);
  }
  fmt::format_to(out, "<div class=\"cards next\">\n");
  if (report.learning_curve) page += learning_curve_card(*report.learning_curve);
  page += choice_cards(report);
  page += model_cards(report);
  add_facts(out, report);
  fmt::format_to(out, "</div>\n<footer>weir {}</footer>\n</main>\n</body>\n</html>\n", version());
  return page;
}

}  // namespace weir
