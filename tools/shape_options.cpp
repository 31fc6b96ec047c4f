// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What is asked of a policy; policies without traffic: printed, checked, removed.
#include "shape_options.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

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
  return weir::make_plan(policy, target_of(options, policy, interface));
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
  auto* const shape = app.add_flag("--shape", options.apply,
                                   "Apply the policy while the interface is classified; a person "
                                   "at the terminal is asked first")
                          ->needs(policy, interface)
                          ->excludes(dry_run, check);
  app.add_flag("--yes", options.yes, "Shape without asking")->needs(shape);
  auto* const time = add_duration_option(app, "--for", options.for_ns,
                                         "Shape for so long, then undo it and end; 0s = until "
                                         "stopped")
                         ->needs(shape);
  time->excludes("--duration");
  app.add_flag("--cleanup", options.cleanup, "Remove the rules and queues that an earlier run left")
      ->excludes(dry_run, check, shape, policy, interface);
  app.add_flag("--ingress", options.target.ingress,
               "Shape what comes in, too, led through an IFB device")
      ->needs(policy);
  app.add_flag("--no-cleanup", options.target.keep, "Rules that stay when the program ends")
      ->needs(policy)
      ->excludes(time);
  app.add_flag("--replace", options.replace, "Take the place of a qdisc that somebody set up")
      ->needs(policy);
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

void check_shape_options(const ShapeOptions& options) {
  if (!options.policy.empty() && !options.apply && !options.without_traffic()) {
    throw CLI::ValidationError("--policy", "needs --shape, --dry-run or --check");
  }
  if (options.replace && !options.apply && !options.check) {
    throw CLI::ValidationError("--replace", "needs --shape or --check");
  }
  if (options.apply && !options.yes && ::isatty(STDIN_FILENO) != 1) {
    throw CLI::ValidationError(
        "--shape", "stdin is no terminal, so nobody can be asked; --yes shapes without asking");
  }
}

ShapingTarget target_of(const ShapeOptions& options, const Policy& policy,
                        const std::string& interface) {
  ShapingTarget target = options.target;
  target.interface = interface;
  target.bandwidth_bps =
      options.bandwidth.empty() ? policy.bandwidth_bps : parse_rate_bps(options.bandwidth);
  if (target.bandwidth_bps == 0) {
    throw UsageError(
        "how fast is the link? --bandwidth 20mbit says it, or bandwidth in the policy");
  }
  target.leaf = options.leaf ? *options.leaf : available_leaf();
  return target;
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
