// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The report as one page of HTML with drawings in SVG; nothing in it runs or is loaded.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report_charts.hpp"
#include "report_figures.hpp"
#include "weir/base/version.hpp"
#include "weir/model/report.hpp"

namespace weir {
namespace {

constexpr std::size_t kShownFeatures = 20;
constexpr std::size_t kLongestName = 28;

using Out = std::back_insert_iterator<std::string>;

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

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// A name that fits a drawing's margin; cut between two characters of UTF-8.
std::string shorten(std::string_view name) {
  if (name.size() <= kLongestName) return escape(name);
  std::size_t end = kLongestName - 1;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
  return escape(name.substr(0, end)) + "&#8230;";
}

/// Room for the longest name, in pixels at 13 px type; wide system fonts take 8.5 of them a letter.
int margin_for(const std::vector<std::string>& names) {
  std::size_t longest = 4;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  return static_cast<int>(std::min(longest, kLongestName)) * 17 / 2 + 16;
}

std::string grouped(std::uint64_t number) {
  std::string digits = fmt::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, "\u2009");
  return digits;
}

/// "35 captures".
std::string count_groups(const Measurement& measured) {
  return grouped(measured.groups) + " " +
         (measured.groups == 1 ? measured.group_kind : plural(measured.group_kind));
}

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

/// Stands beside every figure of a split by row.
std::string_view caution_of(const Measurement& measured) {
  return measured.by_row ? " <em class=\"caution\">by row: too high for new captures</em>" : "";
}

void add_figure(Out out, std::string_view style, double value, std::string_view caption,
                const Measurement& measured, const Interval* range = nullptr) {
  fmt::format_to(out, "<div class=\"figure {}\"><b>{:.3f}</b><span>{}", style, value, caption);
  if (range != nullptr) {
    fmt::format_to(out, ", 95 %: {:.2f}&#8211;{:.2f}", range->low, range->high);
  }
  fmt::format_to(out, "{}</span></div>\n", caution_of(measured));
}

void add_figures(Out out, const Measurement& measured) {
  const ScoreIntervals* ranges = measured.intervals ? &*measured.intervals : nullptr;
  const Scores& scores = measured.scores;
  fmt::format_to(out, "<section class=\"figures\">\n");
  add_figure(out, "first", scores.macro.f1, "macro-F1", measured,
             ranges ? &ranges->macro_f1 : nullptr);
  add_figure(out, "first", scores.accuracy, "accuracy", measured,
             ranges ? &ranges->accuracy : nullptr);
  add_figure(out, "", scores.weighted.f1, "weighted F1", measured,
             ranges ? &ranges->weighted_f1 : nullptr);
  if (measured.byte_accuracy) {
    add_figure(out, "", *measured.byte_accuracy, "accuracy by bytes", measured);
  }
  fmt::format_to(out, "</section>\n");
}

void add_warnings(Out out, const EvaluationReport& report) {
  if (report.warnings.empty()) return;
  fmt::format_to(out, "<section class=\"note\"><ul>\n");
  for (const std::string& warning : report.warnings) {
    fmt::format_to(out, "<li>{}</li>\n", escape(warning));
  }
  fmt::format_to(out, "</ul></section>\n");
}

/// One cell: its colour says which share of the actual class it holds.
void add_cell(Out out, const ConfusionMatrix& matrix, std::size_t actual, std::size_t predicted,
              int x, int y, int size) {
  const std::uint64_t count = matrix.at(actual, predicted);
  const std::uint64_t of_class = matrix.actual(actual);
  const double share =
      of_class == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(of_class);
  fmt::format_to(
      out,
      "<g><title>{} taken for {}: {} of {} ({:.0f} %)</title>"
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"var(--track)\" "
      "fill-opacity=\"0.55\"/>",
      escape(matrix.classes()[actual]), escape(matrix.classes()[predicted]), count, of_class,
      100 * share, x, y, size - 3, size - 3);
  if (count > 0) {
    fmt::format_to(out,
                   "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"var({})\" "
                   "fill-opacity=\"{:.3f}\"/>",
                   x, y, size - 3, size - 3, actual == predicted ? "--accent" : "--wrong",
                   0.12 + 0.88 * share);
  }
  fmt::format_to(
      out, "<text class=\"number{}\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>\n",
      count == 0    ? " soft"
      : share > 0.7 ? " on"
                    : "",
      x + (size - 3) / 2, y + size / 2 + 3, grouped(count));
}

void add_legend(Out out, int x, int y) {
  fmt::format_to(out, "<text class=\"soft\" x=\"{}\" y=\"{}\">share of the actual class</text>\n",
                 x, y + 12);
  for (int kind = 0; kind < 2; ++kind) {
    const int top = y + 24 + kind * 22;
    for (int step = 0; step < 5; ++step) {
      fmt::format_to(out,
                     "<rect x=\"{}\" y=\"{}\" width=\"22\" height=\"14\" fill=\"var({})\" "
                     "fill-opacity=\"{:.2f}\"/>",
                     x + step * 22, top, kind == 0 ? "--accent" : "--wrong", 0.12 + 0.22 * step);
    }
    fmt::format_to(out, "<text class=\"soft\" x=\"{}\" y=\"{}\">{}</text>\n", x + 118, top + 12,
                   kind == 0 ? "right, 0 to 100 %" : "wrong, 0 to 100 %");
  }
}

void add_matrix(Out out, const Measurement& measured) {
  const ConfusionMatrix& matrix = measured.matrix;
  const int count = static_cast<int>(matrix.size());
  const int size = std::clamp(430 / std::max(1, count), 34, 84);
  const int left = margin_for(matrix.classes()) + 26;
  const int top = margin_for(matrix.classes()) * 3 / 4 + 30;
  const int width = std::max(left + count * size + 84, left + 250);
  const int height = top + count * size + 84;
  fmt::format_to(
      out,
      "<section class=\"card wide\">\n<h2>Confusion matrix{2}</h2>\n<p class=\"caption\">Each row "
      "holds the rows that are of one class, each column those taken for one.</p>\n"
      "<svg role=\"img\" aria-label=\"Confusion matrix\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\">\n",
      width, height, caution_of(measured));
  fmt::format_to(out, "<text class=\"soft\" x=\"{}\" y=\"14\">predicted</text>\n", left);
  fmt::format_to(out,
                 "<text class=\"soft\" transform=\"translate(14 {}) rotate(-90)\" "
                 "text-anchor=\"end\">actual</text>\n",
                 top);
  for (std::size_t index = 0; index < matrix.size(); ++index) {
    const int offset = static_cast<int>(index) * size;
    const std::string name = shorten(matrix.classes()[index]);
    fmt::format_to(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n", left - 10,
                   top + offset + size / 2 + 3, name);
    fmt::format_to(out, "<text transform=\"translate({} {}) rotate(-40)\">{}</text>\n",
                   left + offset + size / 2, top - 10, name);
  }
  for (std::size_t actual = 0; actual < matrix.size(); ++actual) {
    for (std::size_t predicted = 0; predicted < matrix.size(); ++predicted) {
      add_cell(out, matrix, actual, predicted, left + static_cast<int>(predicted) * size,
               top + static_cast<int>(actual) * size, size);
    }
  }
  add_legend(out, left, top + count * size + 10);
  fmt::format_to(out, "</svg>\n</section>\n");
}

void add_bar(Out out, int x, int y, int width, double share, int height, std::string_view colour) {
  fmt::format_to(out,
                 "<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" rx=\"2\" "
                 "fill=\"var(--track)\"/>"
                 "<rect x=\"{0}\" y=\"{1}\" width=\"{4:.1f}\" height=\"{3}\" rx=\"2\" "
                 "fill=\"var({5})\"/>",
                 x, y, width, height, share * width, colour);
}

void add_class_bars(Out out, const Measurement& measured) {
  constexpr int kRow = 54;
  constexpr int kBar = 180;
  const int left = margin_for(measured.matrix.classes());
  const int width = left + kBar + 60;
  const int height = 26 + static_cast<int>(measured.scores.classes.size()) * kRow;
  fmt::format_to(
      out,
      "<section class=\"card\">\n<h2>Classes{2}</h2>\n<p class=\"caption\">Of the answers with "
      "this class, how many are right (precision); of its rows, how many are found "
      "(recall); their harmonic mean (F1).</p>\n<svg role=\"img\" aria-label=\"Precision, "
      "recall and F1 of each class\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n",
      width, height, caution_of(measured));
  int x = left;
  for (const auto& [name, colour] : {std::pair{"F1", "--f1"}, std::pair{"precision", "--precision"},
                                     std::pair{"recall", "--recall"}}) {
    fmt::format_to(out,
                   "<rect x=\"{}\" y=\"3\" width=\"11\" height=\"11\" rx=\"2\" fill=\"var({})\"/>"
                   "<text class=\"soft\" x=\"{}\" y=\"13\">{}</text>\n",
                   x, colour, x + 16, name);
    x += 42 + static_cast<int>(std::string_view(name).size()) * 7;
  }
  int y = 30;
  for (const ClassScores& scores : measured.scores.classes) {
    fmt::format_to(
        out,
        "<text x=\"{0}\" y=\"{1}\" text-anchor=\"end\">{2}</text>"
        "<text class=\"soft number\" x=\"{0}\" y=\"{3}\" text-anchor=\"end\">{4}</text>\n",
        left - 12, y + 14, shorten(scores.name), y + 31, grouped(scores.support));
    add_bar(out, left, y, kBar, scores.rates.f1, 16, "--f1");
    add_bar(out, left, y + 19, kBar, scores.rates.precision, 8, "--precision");
    add_bar(out, left, y + 29, kBar, scores.rates.recall, 8, "--recall");
    fmt::format_to(out, "<text class=\"number\" x=\"{}\" y=\"{}\">{:.2f}</text>\n",
                   left + kBar + 10, y + 13, scores.rates.f1);
    y += kRow;
  }
  fmt::format_to(out, "</svg>\n</section>\n");
}

/// A range of shares, and nothing where there is none.
std::string as_text(const Interval* range) {
  return range == nullptr ? "" : fmt::format("{:.2f}&#8211;{:.2f}", range->low, range->high);
}

void add_table_row(Out out, std::string_view style, std::string_view name, const Rates& rates,
                   std::uint64_t support, const Interval* f1) {
  fmt::format_to(out,
                 "<tr{}><td>{}</td><td>{:.3f}</td><td>{:.3f}</td><td>{:.3f}</td><td>{}</td>"
                 "<td>{}</td></tr>\n",
                 style, escape(name), rates.precision, rates.recall, rates.f1, as_text(f1),
                 grouped(support));
}

void add_table(Out out, const Measurement& measured) {
  const ScoreIntervals* ranges = measured.intervals ? &*measured.intervals : nullptr;
  fmt::format_to(
      out,
      "<section class=\"card\">\n<h2>Figures{}</h2>\n<p class=\"caption\">Macro: every class "
      "that occurs counts the same. Weighted: every row does.{}</p>\n<table>\n"
      "<tr><th>class</th><th>precision</th><th>recall</th><th>F1</th><th>{}</th>"
      "<th>rows</th></tr>\n",
      caution_of(measured),
      ranges ? fmt::format(" The ranges are where 95 % of the figures lie when {} are drawn anew.",
                           plural(measured.group_kind))
             : "",
      ranges ? "95 % of F1" : "");
  for (std::size_t c = 0; c < measured.scores.classes.size(); ++c) {
    const ClassScores& scores = measured.scores.classes[c];
    add_table_row(out, "", scores.name, scores.rates, scores.support,
                  ranges && scores.support > 0 ? &ranges->classes[c].f1 : nullptr);
  }
  const std::uint64_t total = measured.matrix.total();
  add_table_row(out, " class=\"mean\"", "macro average", measured.scores.macro, total,
                ranges ? &ranges->macro_f1 : nullptr);
  add_table_row(out, " class=\"mean\"", "weighted average", measured.scores.weighted, total,
                ranges ? &ranges->weighted_f1 : nullptr);
  fmt::format_to(out, "</table>\n</section>\n");
}

void add_comparison_row(Out out, std::string_view style, std::string_view name, double accuracy,
                        double macro_f1, std::string_view note) {
  fmt::format_to(out, "<tr{}><td>{}{}</td><td>{:.3f}</td><td>{:.3f}</td></tr>\n", style, name, note,
                 accuracy, macro_f1);
}

/// The model beside trivial classifiers and beside another choice of rows.
void add_comparison(Out out, const Measurement& measured) {
  fmt::format_to(out,
                 "<section class=\"card\">\n<h2>Compared</h2>\n<p class=\"caption\">Trivial "
                 "classifiers on the same rows, and what a split by row pretends.</p>\n<table>\n"
                 "<tr><th></th><th>accuracy</th><th>macro-F1</th></tr>\n");
  const std::string_view note = caution_of(measured);
  add_comparison_row(out, "", "the model", measured.scores.accuracy, measured.scores.macro.f1,
                     note);
  for (const Baseline& baseline : measured.baselines) {
    const std::string asked = baseline.rows == measured.matrix.total()
                                  ? std::string()
                                  : fmt::format(" ({} rows)", grouped(baseline.rows));
    add_comparison_row(out, " class=\"mean\"", baseline.name + asked, baseline.accuracy,
                       baseline.macro_f1, note);
  }
  if (measured.other_split) {
    const OtherSplit& other = *measured.other_split;
    const double sign = other.by_row ? 1 : -1;
    add_comparison_row(out, "", "the model, split " + other.split, other.accuracy, other.macro_f1,
                       other.by_row ? " <em class=\"caution\">too high for new captures</em>" : "");
    add_comparison_row(out, " class=\"mean\"", "how much rows flatter",
                       sign * (other.accuracy - measured.scores.accuracy),
                       sign * (other.macro_f1 - measured.scores.macro.f1), "");
  }
  fmt::format_to(out, "</table>\n</section>\n");
}

void add_mistakes(Out out, const Measurement& measured) {
  if (measured.mistakes.empty()) return;
  fmt::format_to(out,
                 "<section class=\"card\">\n<h2>Most frequent mistakes{}</h2>\n<p "
                 "class=\"caption\">With the flows whose wrong answer was the surest.</p>\n",
                 caution_of(measured));
  for (const Mistake& mistake : measured.mistakes) {
    fmt::format_to(out, "<p><b>{}</b> taken for <b>{}</b>: {} rows</p>\n<ul class=\"flows\">\n",
                   escape(measured.matrix.classes()[mistake.actual]),
                   escape(measured.matrix.classes()[mistake.predicted]), grouped(mistake.rows));
    for (const MistakenFlow& example : mistake.examples) {
      fmt::format_to(out, "<li>{:.2f}&#8195;{}</li>\n", example.confidence,
                     escape(describe_flow(example.flow)));
    }
    fmt::format_to(out, "</ul>\n");
  }
  fmt::format_to(out, "</section>\n");
}

void add_priority_row(Out out, std::string_view name, double bytes, double all,
                      std::optional<std::uint64_t> rows) {
  fmt::format_to(out, "<tr><td>{}</td><td>{}</td><td>{:.1f} %</td><td>{}</td></tr>\n", name,
                 as_bytes(bytes), all > 0 ? 100 * bytes / all : 0.0, rows ? grouped(*rows) : "");
}

void add_priorities(Out out, const Measurement& measured) {
  if (!measured.priorities) return;
  const PriorityFigures& figures = *measured.priorities;
  fmt::format_to(out,
                 "<section class=\"card\">\n<h2>Quality of service{}</h2>\n<p "
                 "class=\"caption\">Bytes that would go before others without right, and bytes "
                 "that would wait without reason.</p>\n<table>\n<tr><th></th><th>bytes</th>"
                 "<th>share</th><th>rows</th></tr>\n",
                 caution_of(measured));
  add_priority_row(out, "wrongly promoted", figures.promoted_bytes, figures.bytes,
                   figures.promoted_rows);
  add_priority_row(out, "&#8195;into realtime", figures.into_realtime_bytes, figures.bytes,
                   std::nullopt);
  add_priority_row(out, "wrongly demoted", figures.demoted_bytes, figures.bytes,
                   figures.demoted_rows);
  add_priority_row(out, "all with a priority", figures.bytes, figures.bytes, figures.rows);
  fmt::format_to(out, "</table>\n<dl>\n");
  for (const auto& [name, priority] : figures.priorities) {
    fmt::format_to(out, "<dt>{}</dt><dd>{}</dd>\n", escape(name), to_string(priority));
  }
  fmt::format_to(out, "</dl>\n</section>\n");
}

/// Everything about one choice of rows.
void add_measurement(Out out, const Measurement& measured) {
  add_figures(out, measured);
  fmt::format_to(out, "<div class=\"cards\">\n");
  add_matrix(out, measured);
  add_class_bars(out, measured);
  add_table(out, measured);
  add_comparison(out, measured);
  fmt::format_to(out, "{}{}{}", reliability_card(measured), rejection_card(measured),
                 packets_card(measured));
  add_priorities(out, measured);
  add_mistakes(out, measured);
  fmt::format_to(out, "</div>\n");
}

/// What leaks.
void add_leakage(Out out, const EvaluationReport& report) {
  if (report.features_alone.telling.empty()) return;
  fmt::format_to(out,
                 "<section class=\"card\">\n<h2>Features that tell the label almost alone</h2>\n"
                 "<p class=\"caption\">Is the label made from them? Information: the share of the "
                 "label&#8217;s entropy. A feature that is hardly ever right in other groups tells "
                 "captures apart, not classes.</p>\n<table>\n<tr><th>feature</th>"
                 "<th>information</th><th>right in other groups</th></tr>\n");
  for (const TellingFeature& feature : report.features_alone.telling) {
    fmt::format_to(out, "<tr><td>{}</td><td>{:.3f}</td><td>{:.3f}</td></tr>\n",
                   escape(feature.feature), feature.information, feature.right_elsewhere);
  }
  fmt::format_to(out, "</table>\n</section>\n");
}

void add_importance(Out out, const std::vector<FeatureImportance>& importance) {
  if (importance.empty()) return;
  constexpr int kRow = 22;
  constexpr int kBar = 250;
  const std::size_t shown = std::min(kShownFeatures, importance.size());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < shown; ++i) names.push_back(importance[i].feature);
  const int left = margin_for(names);
  const int width = left + kBar + 60;
  const int height = static_cast<int>(shown) * kRow + 4;
  fmt::format_to(
      out,
      "<section class=\"card\">\n<h2>Features</h2>\n<p class=\"caption\">Share of the gain of "
      "all splits; {} of the {} features that the trees use.</p>\n<svg role=\"img\" "
      "aria-label=\"Feature importance\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">\n",
      shown, importance.size(), width, height, width, height);
  const double largest = importance.front().share;
  for (std::size_t i = 0; i < shown; ++i) {
    const int y = static_cast<int>(i) * kRow;
    fmt::format_to(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", left - 12, y + 15,
                   shorten(importance[i].feature));
    add_bar(out, left, y + 4, kBar, largest > 0 ? importance[i].share / largest : 0, 13,
            "--recall");
    fmt::format_to(out, "<text class=\"number\" x=\"{}\" y=\"{}\">{:.1f} %</text>\n",
                   left + kBar + 10, y + 15, 100 * importance[i].share);
  }
  fmt::format_to(out, "</svg>\n</section>\n");
}

void add_fact(Out out, std::string_view name, std::string_view value) {
  fmt::format_to(out, "<dt>{}</dt><dd>{}</dd>\n", name, escape(value));
}

std::string left_out(const EvaluationReport& report) {
  std::string text = grouped(report.left_out.unlabelled) + " rows without a label";
  if (report.left_out.small > 0) {
    text +=
        fmt::format(", {} below {} packets", grouped(report.left_out.small), report.min_packets);
  }
  if (report.left_out.dropped > 0) {
    text += fmt::format(", {} labelled Other", grouped(report.left_out.dropped));
  }
  return text;
}

void add_facts(Out out, const EvaluationReport& report) {
  fmt::format_to(out, "<section class=\"card\">\n<h2>How it was measured</h2>\n<dl>\n");
  if (!report.model.empty()) add_fact(out, "Model", report.model);
  add_fact(out, "Algorithm", report.algorithm);
  add_fact(out, "Features", grouped(report.features));
  add_fact(out, "Trained on", grouped(report.training_rows) + " rows");
  add_fact(out, "Data", fmt::format("{}", fmt::join(report.data, ", ")));
  add_fact(out, "Rows measured", report.measured.split);
  add_fact(out, "Left out", left_out(report));
  if (report.unknown_label_rows > 0) {
    add_fact(out, "Unknown labels", grouped(report.unknown_label_rows) + " rows, counted as wrong");
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
  fmt::format_to(out, "</dl>\n</section>\n");
}

}  // namespace

std::string report_html(const EvaluationReport& report) {
  std::string page;
  const Out out(page);
  add_head(out, report);
  add_warnings(out, report);
  add_measurement(out, report.measured);
  if (report.cross_validation) {
    const Measurement& folds = *report.cross_validation;
    fmt::format_to(out,
                   "<h1 class=\"next\">Cross-validation</h1>\n<p class=\"soft\">{} rows of {}, {} "
                   "folds {}{}</p>\n",
                   grouped(folds.matrix.total()), count_groups(folds), folds.folds, folds.split,
                   folds.repeats > 1 ? fmt::format(", dealt {} times", folds.repeats) : "");
    add_measurement(out, folds);
  }
  fmt::format_to(out, "<div class=\"cards next\">\n");
  if (report.learning_curve) page += learning_curve_card(*report.learning_curve);
  add_importance(out, report.importance);
  add_leakage(out, report);
  add_facts(out, report);
  fmt::format_to(out, "</div>\n<footer>weir {}</footer>\n</main>\n</body>\n</html>\n", version());
  return page;
}

}  // namespace weir
