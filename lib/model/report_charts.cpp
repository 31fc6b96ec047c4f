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

/// A square field of shares from 0 to 1 on both axes, in pixels.
constexpr int kLeft = 48;
constexpr int kTop = 12;
constexpr int kSize = 260;
constexpr int kWidth = kLeft + kSize + 20;
constexpr int kHeight = kTop + kSize + 48;

double x_of(double share) {
  return kLeft + share * kSize;
}
double y_of(double share) {
  return kTop + (1 - share) * kSize;
}

void begin_card(Out out, std::string_view title, const Measurement& measured,
                std::string_view caption, int width, int height) {
  fmt::format_to(
      out,
      "<section class=\"card\">\n<h2>{0}{5}</h2>\n<p class=\"caption\">{1}</p>\n"
      "<svg role=\"img\" aria-label=\"{0}\" width=\"{2}\" height=\"{3}\" viewBox=\"0 0 {2} "
      "{3}\">{4}",
      title, caption, width, height, "\n", markup::caution_of(measured));
}

void end_card(Out out) {
  fmt::format_to(out, "</svg>\n</section>\n");
}

void add_axes(Out out, std::string_view x_name, std::string_view y_name) {
  for (int step = 0; step <= 4; ++step) {
    const double share = step / 4.0;
    fmt::format_to(
        out,
        "<line x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2}\" y2=\"{1:.1f}\" stroke=\"var(--line)\"/>"
        "<text class=\"soft number\" x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>"
        "<text class=\"soft number\" x=\"{6:.1f}\" y=\"{7}\" "
        "text-anchor=\"middle\">{5}</text>\n",
        kLeft, y_of(share), kLeft + kSize, kLeft - 8, y_of(share) + 4,
        fmt::format("{:.0f}", 100 * share), x_of(share), kTop + kSize + 18);
  }
  fmt::format_to(out,
                 "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>"
                 "<text class=\"soft\" transform=\"translate(13 {}) rotate(-90)\" "
                 "text-anchor=\"middle\">{}</text>\n",
                 kLeft + kSize / 2, kTop + kSize + 40, x_name, kTop + kSize / 2, y_name);
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
    add_dot(out, x_of(bin.confidence), y_of(bin.accuracy), 3 + 11 * std::sqrt(area),
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
  constexpr int kColumn = 74;
  const int width =
      std::max(kWidth, kLeft + static_cast<int>(measured.by_packets.size()) * kColumn + 20);
  begin_card(out, "Packets seen", measured,
             "How right the verdict is after so many packets of a flow: macro-F1, and accuracy as "
             "the line across.",
             width, kHeight);
  int x = kLeft + 10;
  for (const PacketsSeen& figures : measured.by_packets) {
    const double top = y_of(figures.macro_f1);
    fmt::format_to(
        out,
        "<g><title>{0} rows: accuracy {1:.3f}, macro-F1 {2:.3f}</title>"
        "<rect x=\"{3}\" y=\"{4}\" width=\"44\" height=\"{5}\" fill=\"var(--track)\"/>"
        "<rect x=\"{3}\" y=\"{6:.1f}\" width=\"44\" height=\"{7:.1f}\" fill=\"var(--f1)\"/>"
        "<line x1=\"{8}\" x2=\"{9}\" y1=\"{10:.1f}\" y2=\"{10:.1f}\" stroke=\"var(--wrong)\" "
        "stroke-width=\"3\"/></g>"
        "<text class=\"number\" x=\"{11}\" y=\"{12}\" text-anchor=\"middle\">{2:.2f}</text>"
        "<text class=\"soft number\" x=\"{11}\" y=\"{13}\" text-anchor=\"middle\">{14}</text>\n",
        figures.rows, figures.accuracy, figures.macro_f1, x, kTop, kSize, top, kTop + kSize - top,
        x - 4, x + 48, y_of(figures.accuracy), x + 22, kTop + kSize + 18, kTop + kSize + 38,
        figures.packets == 0 ? "end" : fmt::to_string(figures.packets));
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
  for (int step = 0; step <= 4; ++step) {
    const double y = y_of(step / 4.0);
    fmt::format_to(out,
                   "<line x1=\"{0}\" y1=\"{1:.1f}\" x2=\"{2}\" y2=\"{1:.1f}\" "
                   "stroke=\"var(--line)\"/><text class=\"soft number\" x=\"{3}\" y=\"{4:.1f}\" "
                   "text-anchor=\"end\">{5:.2f}</text>\n",
                   kLeft, y, kLeft + kSize, kLeft - 8, y + 4, step / 4.0);
  }
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
                   kTop + kSize + 18, point.groups);
    add_dot(out, x, y_of(point.mean), 3.5,
            fmt::format("{:.0f} {}, {:.0f} rows: {:.3f} +- {:.3f}", point.groups, curve.groups_name,
                        point.rows, point.mean, point.deviation));
    fmt::format_to(std::back_inserter(line), "{:.1f},{:.1f} ", x, y_of(point.mean));
  }
  fmt::format_to(out,
                 "<polyline points=\"{}\" fill=\"none\" stroke=\"var(--accent)\" "
                 "stroke-width=\"2.5\"/>\n<text class=\"soft\" x=\"{}\" y=\"{}\" "
                 "text-anchor=\"middle\">{} trained on</text>\n",
                 line, kLeft + kSize / 2, kTop + kSize + 40, curve.groups_name);
  end_card(out);
  return card;
}

}  // namespace weir
