#include "cli/options/arguments.h"

namespace perdura::cli {

void AddRecordCommands(CLI::App& app, Arguments& args) {
  CLI::App& record = *app.add_subcommand(
      "record", "For centre staff: records of this centre, over the node's own socket");
  record.require_subcommand(1);
  CLI::App& take = *record.add_subcommand(
      "import", "Take plain CSV files, one for each table (docs/import.md): all or nothing");
  take.add_option("files", args.records.files, "CSV files, named by their table")->required();
  take.add_option("--socket", args.records.socket, "Unix socket of the node")->required();
  take.add_option("--system", args.records.system,
                  "Name of the system that the record numbers come from")
      ->required();
  take.add_flag("--new-system", args.records.new_system,
                "The name of --system is meant to be new here; its patients are new ones");
  take.add_flag("--dry-run", args.records.dry_run, "Check everything, write nothing");
  take.add_flag("--leave-out-bad-patients", args.records.leave_out_bad_patients,
                "Leave out whole patients with errors instead of refusing the files");
  take.footer(
      "The report names file, line, column and rule of every bad value. The same files again "
      "change\n"
      "nothing: rows are known by their record number in --system. Columns and words: "
      "docs/import.md.\n"
      "Example: perdura record import --socket node.sock --system clinic patients.csv visits.csv");
  take.callback([&args] { args.work = [&args] { return RecordImport(args.records); }; });

  CLI::App& status =
      *record.add_subcommand("status", "Charter in force here, own budget lines, questions seen");
  status.add_option("--socket", args.records.socket, "Unix socket of the node")->required();
  status.callback([&args] { args.work = [&args] { return RecordStatus(args.records.socket); }; });
}

}  // namespace perdura::cli
