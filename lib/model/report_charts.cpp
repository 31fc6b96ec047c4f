// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reliability, rejection, packets seen and the learning curve, drawn.
#include "report_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include "report_markup.hpp"

namespace weir {
namespace {

using markup::Out;

/// A field of shares from 0 to 1 on both axes, in pixels; around it place for the largest dot.
constexpr int kLargestDot = 14;
constexpr int kLeft = 56;
constexpr int kTop = kLargestDot + 2;
constexpr int kAcross = 324;
constexpr int kUp = 250;
constexpr int kRight = kLeft + kAcross;
constexpr int kBottom = kTop + kUp;
constexpr int kWidth = kRight + kLargestDot + 6;
constexpr int kHeight = kBottom + 48;

double x_of(double share) {
  return kLeft + share * kAcross;
}
double y_of(double share) {
  return kTop + (1 - share) * kUp;
}

void begin_card(Out out, std::string_view title, const Measurement& measured,
                std::string_view caption, int width, int height) {
  fmt::format_to(
      out,
      "<section class=\"card\">\n<h2>{0}{5}</h2>\n<p class=\"caption\">{1}</p>\n"
      "<svg class=\"chart\" role=\"img\" aria-label=\"{0}\" width=\"{2}\" height=\"{3}\" "
      "viewBox=\"0 0 {2} {3}\">{4}",
      title, caption, width, height, "\n", markup::caution_of(measured));
}

void end_card(Out out) {
  fmt::format_to(out, "</svg>\n</section>\n");
}

/// Lines across, with what they stand for.
void add_levels(Out out, int right, double unit, int decimals) {
  for (int step = 0; step <= 4; ++step) {
    const double share = step / 4.0;
    fmt::format_to(
        out,
        "<line x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2}\" y2=\"{1:.1f}\" stroke=\"var(--line)\"/>"
        "<text class=\"soft number\" x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:.{6}f}"
        "</text>\n",
        kLeft, y_of(share), right, kLeft - 8, y_of(share) + 4, unit * share, decimals);
  }
}

void add_names(Out out, int right, int bottom, std::string_view x_name, std::string_view y_name) {
  fmt::format_to(out,
                 "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>"
                 "<text class=\"soft\" transform=\"translate(13 {}) rotate(-90)\" "
                 "text-anchor=\"middle\">{}</text>\n",
                 (kLeft + right) / 2, bottom, x_name, kTop + kUp / 2, y_name);
}

/// Both axes in per cent.
void add_axes(Out out, std::string_view x_name, std::string_view y_name) {
  add_levels(out, kRight, 100, 0);
  for (int step = 0; step <= 4; ++step) {
    fmt::format_to(out,
                   "<text class=\"soft number\" x=\"{:.1f}\" y=\"{}\" "
                   "text-anchor=\"middle\">{}</text>\n",
                   x_of(step / 4.0), kBottom + 18, 25 * step);
  }
  add_names(out, kRight, kBottom + 40, x_name, y_name);
}

void add_dot(Out out, double x, double y, double radius, std::string_view title) {
  fmt::format_to(out,
                 "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"var(--accent)\" "
                 "fill-opacity=\"0.75\"><title>{}</title></circle>\n",
                 x, y, radius, title);
}

}  // namespace

std::string reliability_card(const Measurement& measured) {
  std::string card;
  const Out out(card);
  begin_card(out, "Reliability", measured,
             fmt::format("Of answers given with a confidence, how many are right. On the diagonal "
                         "confidence means what it says; below it the model is too sure. A dot's "
                         "area is its number of rows. ECE {:.3f}, Brier score {:.3f}.",
                         measured.reliability.ece, measured.reliability.brier),
             kWidth, kHeight);
  add_axes(out, "confidence, %", "right, %");
  fmt::format_to(out,
                 "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" "
                 "stroke=\"var(--soft)\" stroke-dasharray=\"4 4\"/>\n",
                 x_of(0), y_of(0), x_of(1), y_of(1));
  std::uint64_t most = 1;
  for (const ReliabilityBin& bin : measured.reliability.bins) most = std::max(most, bin.rows);
  for (const ReliabilityBin& bin : measured.reliability.bins) {
    if (bin.rows == 0) continue;
    const double area = static_cast<double>(bin.rows) / static_cast<double>(most);
    add_dot(out, x_of(bin.confidence), y_of(bin.accuracy), 3 + (kLargestDot - 3) * std::sqrt(area),
            fmt::format("confidence {:.2f}: {:.0f} % of {} rows right", bin.confidence,
                        100 * bin.accuracy, bin.rows));
  }
  end_card(out);
  return card;
}

std::string rejection_card(const Measurement& measured) {
  std::string card;
  const Out out(card);
  begin_card(
      out, "Rejection", measured,
      "How many of the answers are right when only the surest share of the rows is answered. "
      "A line that does not fall to the right means that confidence does not tell right from "
      "wrong.",
      kWidth, kHeight);
  add_axes(out, "answered, %", "right, %");
  std::string points;
  for (const RejectionPoint& point : measured.rejection) {
    fmt::format_to(std::back_inserter(points), "{:.1f},{:.1f} ", x_of(point.coverage),
                   y_of(point.accuracy));
  }
  fmt::format_to(out,
                 "<polyline points=\"{}\" fill=\"none\" stroke=\"var(--accent)\" "
                 "stroke-width=\"2.5\"/>\n",
                 points);
  for (const RejectionPoint& point : measured.rejection) {
    add_dot(out, x_of(point.coverage), y_of(point.accuracy), 3.5,
            fmt::format("{:.0f} % answered, confidence from {:.2f}: {:.0f} % right",
                        100 * point.coverage, point.confidence, 100 * point.accuracy));
  }
  end_card(out);
  return card;
}

std::string packets_card(const Measurement& measured) {
  if (measured.by_packets.empty()) return {};
  std::string card;
  const Out out(card);
  constexpr int kColumn = 66;
  const int right =
      std::max(kRight, kLeft + static_cast<int>(measured.by_packets.size()) * kColumn + 10);
  constexpr int kRows = 20;  // the line that counts them
  begin_card(out, "Packets seen", measured,
             "How right the verdict is after so many packets of a flow: macro-F1, and accuracy as "
             "the line across. Below, the packets and how many rows are of that moment.",
             right + 20, kHeight + kRows);
  add_levels(out, right, 1, 2);
  add_names(out, right, kBottom + kRows + 40, "packets seen, rows", "macro-F1");
  int x = kLeft + 12;
  for (const PacketsSeen& figures : measured.by_packets) {
    const double top = y_of(figures.macro_f1);
    fmt::format_to(
        out,
        "<g><title>{0} rows: accuracy {1:.3f}, macro-F1 {2:.3f}</title>"
        "<rect x=\"{3}\" y=\"{4:.1f}\" width=\"44\" height=\"{5:.1f}\" fill=\"var(--f1)\"/>"
        "<line x1=\"{6}\" x2=\"{7}\" y1=\"{8:.1f}\" y2=\"{8:.1f}\" stroke=\"var(--wrong)\" "
        "stroke-width=\"3\"/></g>"
        "<text class=\"number\" x=\"{9}\" y=\"{10:.1f}\" text-anchor=\"middle\">{2:.2f}</text>"
        "<text class=\"number\" x=\"{9}\" y=\"{11}\" text-anchor=\"middle\">{12}</text>"
        "<text class=\"soft number\" x=\"{9}\" y=\"{13}\" text-anchor=\"middle\">{14}</text>\n",
        figures.rows, figures.accuracy, figures.macro_f1, x, top, kBottom - top, x - 4, x + 48,
        y_of(figures.accuracy), x + 22, std::min(top, y_of(figures.accuracy)) - 7, kBottom + 18,
        figures.packets == 0 ? "end" : fmt::to_string(figures.packets), kBottom + 18 + kRows,
        markup::grouped(figures.rows));
    x += kColumn;
  }
  end_card(out);
  return card;
}

std::string learning_curve_card(const LearningCurve& curve) {
  std::string card;
  const Out out(card);
  begin_card(out, "Learning curve", {},
             fmt::format("Macro-F1 on {0} held out, by the number of {0} trained on: twice as many "
                         "from dot to dot, bars of a standard deviation over the seeds. {1}.",
                         curve.groups_name, advice(curve)),
             kWidth, kHeight);
  add_levels(out, kRight, 1, 2);
  std::string line;
  const auto count = static_cast<double>(curve.points.size());
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    const LearningPoint& point = curve.points[i];
    const double x = x_of((static_cast<double>(i) + 0.5) / count);
    fmt::format_to(out,
                   "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" "
                   "stroke=\"var(--accent)\"/><text class=\"soft number\" x=\"{0:.1f}\" "
                   "y=\"{3}\" text-anchor=\"middle\">{4:.0f}</text>\n",
                   x, y_of(point.mean - point.deviation), y_of(point.mean + point.deviation),
                   kBottom + 18, point.groups);
    add_dot(out, x, y_of(point.mean), 3.5,
            fmt::format("{:.0f} {}, {:.0f} rows: {:.3f} +- {:.3f}", point.groups, curve.groups_name,
                        point.rows, point.mean, point.deviation));
    fmt::format_to(std::back_inserter(line), "{:.1f},{:.1f} ", x, y_of(point.mean));
  }
  fmt::format_to(out,
                 "<polyline points=\"{}\" fill=\"none\" stroke=\"var(--accent)\" "
                 "stroke-width=\"2.5\"/>\n",
                 line);
  add_names(out, kRight, kBottom + 40, curve.groups_name + " trained on", "macro-F1");
  end_card(out);
  return card;
}

}  // namespace weir
