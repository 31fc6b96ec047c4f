// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Policies without traffic: printed, checked, removed.
#include "shape_options.hpp"

#include <spdlog/spdlog.h>

#include <vector>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/units.hpp"
#include "weir/cli/tool.hpp"
#include "weir/model/model_file.hpp"
#include "weir/shape/linux_kernel.hpp"

using namespace weir;

namespace {

ShapingPlan make_plan(const ShapeOptions& options, const std::string& interface,
                      const std::string& model) {
  const Policy policy = load_policy(options.policy);
  if (!model.empty()) policy.check_classes(load_model(model).manifest.classes);
  ShapingTarget target = options.target;
  target.interface = interface;
  target.bandwidth_bps =
      options.bandwidth.empty() ? policy.bandwidth_bps : parse_rate_bps(options.bandwidth);
  if (target.bandwidth_bps == 0) {
    throw UsageError(
        "how fast is the link? --bandwidth 20mbit says it, or bandwidth in the policy");
  }
  target.leaf = options.leaf ? *options.leaf : available_leaf();
  return weir::make_plan(policy, target);
}

void check(const ShapeOptions& options, const ShapingPlan& plan) {
  linux_kernel(options.replace ? ForeignQdisc::replace : ForeignQdisc::refuse)->check(plan);
  for (const std::string& why : shaping_bypasses(plan.target.interface)) spdlog::warn("{}", why);
  spdlog::info("the kernel takes {} on {}; nothing was changed", options.policy,
               plan.target.interface);
}

void clean_up() {
  const std::vector<std::string> removed = remove_leftovers();
  for (const std::string& what : removed) spdlog::info("removed {}", what);
  if (removed.empty()) spdlog::info("nothing to remove");
}

}  // namespace

void declare_shape_options(CLI::App& app, ShapeOptions& options) {
  auto* const policy =
      app.add_option("--policy", options.policy, "How each class is served; see examples/policies")
          ->type_name("FILE");
  auto* const interface = app.get_option("--interface");
  app.add_option("--bandwidth", options.bandwidth,
                 "Of the link, a little below what it carries (20mbit); default: the policy's")
      ->type_name("RATE")
      ->needs(policy);
  auto* const dry_run = app.add_flag("--dry-run", options.dry_run,
                                     "Print the nft and tc text of the policy; needs no privilege")
                            ->needs(policy, interface);
  auto* const check = app.add_flag("--check", options.check,
                                   "Ask the kernel whether it takes the policy; changes nothing")
                          ->needs(policy, interface);
  app.add_flag("--cleanup", options.cleanup, "Remove the rules and queues that an earlier run left")
      ->excludes(dry_run, check, policy, interface);
  app.add_flag("--ingress", options.target.ingress,
               "Shape what comes in, too, led through an IFB device")
      ->needs(policy);
  app.add_flag("--no-cleanup", options.target.keep, "Rules that stay when the program ends")
      ->needs(policy);
  app.add_flag("--replace", options.replace, "Take the place of a qdisc that somebody set up")
      ->needs(check);
  app.add_option_function<std::string>(
         "--leaf",
         [&options](const std::string& word) {
           for (const LeafQdisc leaf : {LeafQdisc::fq_codel, LeafQdisc::cake, LeafQdisc::pfifo}) {
             if (word == to_string(leaf)) options.leaf = leaf;
           }
           if (!options.leaf) {
             throw CLI::ValidationError("--leaf", "'" + word + "' is none of fq_codel|cake|pfifo");
           }
         },
         "Queue inside a band; default: the first of these that the kernel has")
      ->type_name("fq_codel|cake|pfifo")
      ->needs(policy);
  dry_run->excludes(check);
  for (const char* name : {"--duration", "--top", "--heartbeat", "--account"}) {
    app.get_option(name)->excludes(dry_run, check);
  }
}

int run_without_traffic(const ShapeOptions& options, const std::string& interface,
                        const std::string& model) {
  if (options.cleanup) {
    clean_up();
    return kExitDone;
  }
  const ShapingPlan plan = make_plan(options, interface, model);
  if (options.check) {
    check(options, plan);
    return kExitDone;
  }
  OutputFile output("-");
  output.write(to_text(plan));
  output.commit();
  return kExitDone;
}
