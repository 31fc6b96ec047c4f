// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Scenario files (TOML), and those that are built in.
#include "weir/traffic/scenario.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "models.hpp"
#include "presets.hpp"
#include "weir/base/error.hpp"
#include "weir/base/toml_file.hpp"
#include "weir/base/units.hpp"

namespace weir {
namespace {

class ScenarioParser : private TomlFile {
 public:
  using TomlFile::TomlFile;

  Scenario parse() const {
    const toml::table& document = this->document();
    check_keys(document, {"duration", "users", "pause", "session_scale", "ipv6", "vlan", "gtpu",
                          "network", "application"});
    Scenario scenario;
    scenario.name = name();
    scenario.duration_ns = std::llround(duration_s(document, "duration", 60) * 1e9);
    scenario.users = static_cast<unsigned>(number(document, "users", 1, 1, 100'000));
    scenario.pause_s = duration_s(document, "pause", 5);
    scenario.session_scale = number(document, "session_scale", 1, 0.001, 1'000);
    scenario.ipv6 = number(document, "ipv6", 0, 0, 1);
    if (document.contains("vlan")) {
      scenario.vlan = static_cast<std::uint16_t>(number(document, "vlan", 0, 1, 4'094));
    }
    if (const toml::node* const gtpu = document.get("gtpu")) {
      if (!gtpu->is_boolean()) fail(*gtpu, "gtpu is true or false");
      scenario.gtpu = gtpu->as_boolean()->get();
    }
    if (const toml::node* const network = document.get("network")) {
      if (!network->is_table()) fail(*network, "write [network]");
      parse_network(*network->as_table(), scenario);
    }
    parse_mix(document, scenario);
    return scenario;
  }

 private:
  double number(const toml::table& table, std::string_view key, double otherwise, double low,
                double high) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return otherwise;
    return in_range(*node, key, low, high);
  }

  double in_range(const toml::node& node, std::string_view key, double low, double high) const {
    const std::optional<double> value = node.value<double>();
    if (!value || *value < low || *value > high) {
      fail(node, fmt::format("{} is a number from {} to {}", key, low, high));
    }
    return *value;
  }

  double duration_s(const toml::table& table, std::string_view key, double otherwise) const {
    const toml::node* const node = table.get(key);
    return node == nullptr ? otherwise : duration_s(*node, key);
  }

  double duration_s(const toml::node& node, std::string_view key) const {
    return converted(node, key, "a duration, as \"30s\"", [](std::string_view text) {
      return static_cast<double>(parse_duration_ns(text)) * 1e-9;
    });
  }

  template <typename Convert>
  double converted(const toml::node& node, std::string_view key, std::string_view what,
                   const Convert& convert) const {
    const std::optional<std::string> text = node.value_exact<std::string>();
    if (!text) fail(node, fmt::format("{} is {}", key, what));
    try {
      return convert(*text);
    } catch (const UsageError& error) {
      fail(node, fmt::format("{}: {}", key, error.what()));
    }
  }

  /// An array of two values, or one value for all users.
  template <typename Read>
  void range(const toml::table& table, std::string_view key, ScenarioRange& result,
             const Read& read) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return;
    if (const toml::array* const both = node->as_array()) {
      if (both->size() != 2) fail(*node, fmt::format("{} has two ends: [low, high]", key));
      result = {read((*both)[0]), read((*both)[1])};
    } else {
      result.low = result.high = read(*node);
    }
    if (result.low > result.high) fail(*node, fmt::format("{}: the lower end comes first", key));
  }

  void parse_network(const toml::table& network, Scenario& scenario) const {
    check_keys(network, {"rtt", "down", "up", "jitter", "loss", "mtu"});
    const auto time = [this](const toml::node& node) { return duration_s(node, "rtt"); };
    const auto rate = [this](const toml::node& node) {
      return converted(node, "a rate", "a text as \"20mbit\"", [](std::string_view text) {
        return std::max(8e3, static_cast<double>(parse_rate_bps(text)));
      });
    };
    const auto share = [this](const toml::node& node) { return in_range(node, "share", 0, 1); };
    const auto loss = [this](const toml::node& node) { return in_range(node, "loss", 0, 0.5); };
    const auto mtu = [this](const toml::node& node) { return in_range(node, "mtu", 1'280, 9'000); };
    range(network, "rtt", scenario.rtt_s, time);
    range(network, "down", scenario.down_bps, rate);
    range(network, "up", scenario.up_bps, rate);
    range(network, "jitter", scenario.jitter, share);
    range(network, "loss", scenario.loss, loss);
    range(network, "mtu", scenario.mtu, mtu);
  }

  void parse_mix(const toml::table& document, Scenario& scenario) const {
    const toml::node* const node = document.get("application");
    const toml::array* const mix = node == nullptr ? nullptr : node->as_array();
    if (mix == nullptr) {
      throw UsageError(name() + ": no mix; write a table [[application]] for each part of it");
    }
    double percent = 0;
    for (const toml::node& entry : *mix) {
      if (!entry.is_table()) fail(entry, "write each part of the mix as [[application]]");
      scenario.mix.push_back(parse_application(*entry.as_table()));
      percent += scenario.mix.back().share * 100;
    }
    if (std::abs(percent - 100) > 0.01) {
      throw UsageError(
          fmt::format("{}: the shares of the mix add up to {:g} %, not to 100 %", name(), percent));
    }
  }

  ScenarioApplication parse_application(const toml::table& table) const {
    check_keys(table, {"model", "share", "label", "port"});
    ScenarioApplication application;
    const toml::node* const name = table.get("model");
    application.model = name == nullptr ? "" : name->value_or(std::string());
    const ApplicationModel* const model = find_model(application.model);
    if (model == nullptr) {
      std::vector<std::string_view> known;
      for (const ApplicationModel& one : application_models()) known.push_back(one.name);
      fail(table, fmt::format("unknown model '{}' (known: {})", application.model,
                              fmt::join(known, ", ")));
    }
    if (!table.contains("share")) fail(table, "an application without a share");
    application.label = model->label;
    if (const toml::node* const label = table.get("label")) {
      application.label = label->value_or(std::string());
      if (application.label.empty()) fail(*label, "label is a text");
    }
    application.share = number(table, "share", 0, 0, 100) / 100;
    application.port = static_cast<std::uint16_t>(number(table, "port", 0, 1, 65'535));
    return application;
  }
};

}  // namespace

Scenario load_scenario(const std::string& path) {
  return ScenarioParser(path).parse();
}

Scenario parse_scenario(std::string_view text, const std::string& name) {
  return ScenarioParser(name, text).parse();
}

Scenario preset_scenario(std::string_view name) {
  const auto found = std::ranges::find(kPresets, name, &Preset::name);
  if (found == std::end(kPresets)) {
    std::vector<std::string_view> known;
    for (const Preset& preset : kPresets) known.push_back(preset.name);
    throw UsageError(fmt::format("--preset {}: there is none of this name (known: {})", name,
                                 fmt::join(known, ", ")));
  }
  return ScenarioParser(std::string(name), found->text).parse();
}

}  // namespace weir
