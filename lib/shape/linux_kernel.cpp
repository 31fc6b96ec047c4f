// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Plans on the Linux kernel.
#include "weir/shape/linux_kernel.hpp"

#include <fmt/format.h>
#include <net/if.h>

#include <charconv>
#include <optional>
#include <utility>

#include "capability.hpp"
#include "command.hpp"
#include "nft.hpp"
#include "plan_text.hpp"
#include "qdisc.hpp"
#include "tc_guard.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

/// Empty text = nothing to do.
void require_batch(std::string_view program, const std::string& text) {
  if (text.empty()) return;
  const CommandResult result = run_command({iproute_program(program), "-batch", "-"}, text);
  if (!result.succeeded) {
    throw Error(fmt::format("{}: {}", program, first_complaint(result, text)));
  }
}

std::string replace_all(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// The lines about one device, as if they were about another.
std::string lines_for(const std::string& text, const std::string& device, std::string_view other) {
  std::string lines;
  const std::string wanted = fmt::format(" dev {} ", device);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    std::string line = text.substr(at, end - at);
    if (line.find(wanted) != line.npos)
      lines += replace_all(line, wanted, fmt::format(" dev {} ", other));
    at = end;
  }
  return lines;
}

/// Throws where table inet weir is there: of a process that runs, or left behind.
void require_no_table(Nft& nft) {
  const std::string table = nft.list("table inet weir");
  if (table.empty()) return;
  if (table.find("flags owner") != table.npos) {
    throw Error(
        "weir is shaping here already: table inet weir belongs to a process that runs; end it "
        "first");
  }
  throw Error(
      "an earlier run left its rules (table inet weir): remove them with: weir-predict-shape "
      "--cleanup");
}

void require_interface(const std::string& name) {
  if (::if_nametoindex(name.c_str()) == 0) throw Error(fmt::format("no interface named {}", name));
}

/// The N of "packets N bytes M" in what nft lists of a counter; 0 where there is none.
std::uint64_t counted_packets(std::string_view listing) {
  constexpr std::string_view kWord = "packets ";
  const std::size_t at = listing.find(kWord);
  std::uint64_t count = 0;
  if (at != listing.npos) {
    std::from_chars(listing.data() + at + kWord.size(), listing.data() + listing.size(), count);
  }
  return count;
}

class LinuxKernel : public Kernel {
 public:
  explicit LinuxKernel(ForeignQdisc foreign) : foreign_(foreign) {}

  ~LinuxKernel() override {
    if (guard_ == nullptr) return;
    nft_.reset();
    guard_.reset();  // undoes
  }

  void check(const ShapingPlan& plan) override {
    require_interface(plan.target.interface);
    require_net_admin("cannot ask the kernel about shaping");
    former_qdisc(plan);
    const std::string& interface = plan.target.interface;
    check_in_scratch("tc", lines_for(plan.tc, interface, "lo"),
                     lines_for(plan.tc, interface, interface));
    check_in_scratch("ip", plan.ip, plan.ip);
    Nft nft;
    require_no_table(nft);
    // The device that packets are led through does not exist yet.
    nft.check(plan.nft + replace_all(plan.nft_ingress, plan_text::kIfb, "lo"));
  }

  void apply(const ShapingPlan& plan) override {
    const std::string& interface = plan.target.interface;
    require_interface(interface);
    require_net_admin("cannot shape " + interface);
    const std::string former = former_qdisc(plan);
    plan_ = plan;
    plan_.undo_tc += former;
    // Before nftables' socket is open, which the guard must not hold.
    if (!plan.target.keep) guard_ = std::make_unique<TcGuard>();
    try {
      nft_.emplace();
      require_no_table(*nft_);
      nft_->run(plan.nft);  // one process only gets beyond this line: the table is the lock
      applied_ = true;
      index_ = ::if_nametoindex(interface.c_str());
      if (guard_) guard_->arm(plan_.undo_tc, plan_.undo_ip);
      require_batch("ip", plan.ip);
      require_batch("tc",
                    former.empty() ? plan.tc : "qdisc del dev " + interface + " root\n" + plan.tc);
      if (!plan.nft_ingress.empty()) nft_->run(plan.nft_ingress);
    } catch (...) {
      give_up();
      throw;
    }
  }

  void renew() override {
    const std::string& interface = plan_.target.interface;
    const unsigned index = ::if_nametoindex(interface.c_str());
    if (!applied_ || index == 0 || index == index_) return;
    index_ = index;  // where it fails, it would fail again
    require_batch("tc", lines_for(plan_.tc, interface, interface));
    if (plan_.nft_ingress.empty()) return;
    // Its hook went with the interface.
    nft_->run("delete table netdev weir\n" + plan_.nft_ingress);
  }

  void mark(std::span<const MarkChange> changes) override {
    if (!nft_) throw Error("no rules to put marks into");
    if (!changes.empty()) nft_->run(mark_batch(plan_, changes));
  }

  std::uint64_t demoted() override {
    return nft_ ? counted_packets(nft_->list("counter inet weir demoted")) : 0;
  }

  void remove() override {
    if (!applied_ || plan_.target.keep) return;
    applied_ = false;
    nft_.reset();  // its tables go with it
    guard_.reset();
    // Somebody may have killed the guard.
    if (::if_nametoindex(plan_.target.interface.c_str()) == 0) return;
    if (root_qdisc(plan_.target.interface).is_ours()) require_batch("tc", plan_.undo_tc);
    if (plan_.target.ingress && ::if_nametoindex(plan_text::kIfb.data()) != 0) {
      require_batch("ip", plan_.undo_ip);
    }
  }

 private:
  /// The batch that brings back what somebody set up on the interface; empty for the kernel's
  /// default, which comes back by itself. Throws where it must not or cannot be replaced.
  std::string former_qdisc(const ShapingPlan& plan) const {
    const std::string& interface = plan.target.interface;
    const RootQdisc root = root_qdisc(interface);
    if (root.is_default()) return {};
    if (root.is_ours()) {
      throw Error(
          fmt::format("weir shapes {} already, or an earlier run left its queues: end it, or "
                      "remove them with: weir-predict-shape --cleanup",
                      interface));
    }
    if (foreign_ == ForeignQdisc::refuse) {
      throw Error(
          fmt::format("{} has a qdisc that somebody set up ({} {}); --replace puts weir's in its "
                      "place for as long as it runs",
                      interface, root.kind, root.handle));
    }
    return require_restorable(root);
  }

  /// Where no scratch namespace can be made, only trying for real can tell. `meant` has the lines
  /// of `text` as they will be run.
  static void check_in_scratch(std::string_view program, const std::string& text,
                               std::string_view meant) {
    if (text.empty()) return;
    const auto tried = run_in_scratch_namespace({iproute_program(program), "-batch", "-"}, text);
    if (tried && !tried->succeeded) {
      throw Error(fmt::format("{}: {}", program, first_complaint(*tried, meant)));
    }
  }

  /// After a failure: as if nothing had been tried.
  void give_up() noexcept {
    try {
      if (applied_ && plan_.target.keep) {
        run_command({iproute_program("tc"), "-force", "-batch", "-"}, plan_.undo_tc);
        if (!plan_.undo_ip.empty()) require_batch("ip", plan_.undo_ip);
        nft_->run("delete table inet weir\n");
      }
    } catch (const Error&) {  // the first failure is the one to report
    }
    nft_.reset();
    guard_.reset();
    applied_ = false;
  }

  ForeignQdisc foreign_;
  ShapingPlan plan_;
  bool applied_ = false;
  unsigned index_ = 0;  // of the interface that has the queues
  std::unique_ptr<TcGuard> guard_;
  std::optional<Nft> nft_;
};

}  // namespace

std::unique_ptr<Kernel> linux_kernel(ForeignQdisc foreign) {
  return std::make_unique<LinuxKernel>(foreign);
}

LeafQdisc available_leaf() {
  for (const LeafQdisc leaf : {LeafQdisc::fq_codel, LeafQdisc::cake}) {
    const auto tried =
        run_in_scratch_namespace({iproute_program("tc"), "-batch", "-"},
                                 fmt::format("qdisc add dev lo root {}\n", to_string(leaf)));
    if (!tried || tried->succeeded) return leaf;
  }
  return LeafQdisc::pfifo;
}

std::vector<std::string> remove_leftovers() {
  require_net_admin("cannot remove rules");
  std::vector<std::string> removed;
  Nft nft;
  for (const std::string_view family : {"inet", "netdev"}) {
    const std::string table = nft.list(fmt::format("table {} weir", family));
    if (table.empty()) continue;
    if (table.find("flags owner") != table.npos) {
      throw Error(fmt::format(
          "table {} weir belongs to a process that runs: end it, and its rules go", family));
    }
  }
  for (const std::string_view family : {"netdev", "inet"}) {
    const std::string name = fmt::format("table {} weir", family);
    if (nft.list(name).empty()) continue;
    nft.run("delete " + name + "\n");
    removed.push_back("nftables: " + name);
  }
  const CommandResult shown = run_command({iproute_program("tc"), "-j", "qdisc", "show"});
  for (const RootQdisc& root : parse_root_qdiscs(shown.output)) {
    if (!root.is_ours()) continue;
    if (root.interface == plan_text::kIfb) continue;  // goes with its device
    require_batch("tc",
                  fmt::format("qdisc del dev {} root handle {}\n", root.interface, root.handle));
    removed.push_back(
        fmt::format("tc: root qdisc {} {} of {}", root.kind, root.handle, root.interface));
  }
  if (::if_nametoindex(plan_text::kIfb.data()) != 0) {
    require_batch("ip", fmt::format("link del {}\n", plan_text::kIfb));
    removed.push_back(fmt::format("ip: device {}", plan_text::kIfb));
  }
  return removed;
}

}  // namespace weir
