// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The confusion matrix, the classes, and what they are compared with.
#include "report_cards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "report_charts.hpp"
#include "report_figures.hpp"
#include "report_markup.hpp"

namespace weir {
namespace {

using namespace markup;

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
      "<div class=\"scroll\"><svg role=\"img\" aria-label=\"Confusion matrix\" width=\"{0}\" "
      "height=\"{1}\" viewBox=\"0 0 {0} {1}\" style=\"min-width:{3}px\">\n",
      width, height, caution_of(measured), width * 4 / 5);
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
  fmt::format_to(out, "</svg></div>\n</section>\n");
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
      "(recall); their harmonic mean (F1).</p>\n<svg class=\"chart\" role=\"img\" "
      "aria-label=\"Precision, "
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

/// The end of a caption: what intervals mean, or why there are none.
std::string about_intervals(const Measurement& measured) {
  if (measured.intervals) {
    return fmt::format(" The ranges are where 95 % of the figures lie when {} are drawn anew.",
                       plural(measured.group_kind));
  }
  const std::string why = why_no_intervals(measured);
  return why.empty() ? "" : " " + why + ".";
}

void add_table(Out out, const Measurement& measured) {
  const ScoreIntervals* ranges = measured.intervals ? &*measured.intervals : nullptr;
  fmt::format_to(
      out,
      "<section class=\"card\">\n<h2>Figures{}</h2>\n<p class=\"caption\">Macro: every class "
      "that occurs counts the same. Weighted: every row does.{}</p>\n<table>\n"
      "<tr><th>class</th><th>precision</th><th>recall</th><th>F1</th><th>{}</th>"
      "<th>rows</th></tr>\n",
      caution_of(measured), about_intervals(measured), ranges ? "95 % of F1" : "");
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

}  // namespace

std::string measurement_cards(const Measurement& measured) {
  std::string cards;
  const Out out(cards);
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
  return cards;
}

}  // namespace weir
