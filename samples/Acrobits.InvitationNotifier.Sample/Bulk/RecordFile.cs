using System.CommandLine;
using Acrobits.InvitationNotifier.Sample.Cli;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>A file of invitations on the command line, and how it is read.</summary>
internal sealed class RecordFile
{
    public RecordFile() => Format.AcceptOnlyFromAmong("csv", "jsonl");

    public Argument<FileInfo> File { get; } = new("FILE") { Description = "The invitations, as CSV or JSON Lines." };

    public Option<string?> Format { get; } = new("--format")
    {
        HelpName = "csv|jsonl",
        Description = "The file's format, where its extension (.csv, .jsonl, .ndjson) does not say it.",
    };

    public Option<long> Skip { get; } = new("--skip")
    {
        HelpName = "N",
        Description = "Passes over the first N lines of the file, to go on where an earlier run was stopped.",
    };

    /// <exception cref="CommandException">There is no such file.</exception>
    public FileStream Open(ParseResult parsed) => parsed.GetRequiredValue(File) is { Exists: true } input
        ? new FileStream(input.FullName, FileMode.Open, FileAccess.Read, FileShare.Read)
        : throw new CommandException($"There is no file {parsed.GetRequiredValue(File).FullName}.");

    /// <exception cref="CommandException">The format is neither given nor told by the extension.</exception>
    public IRecordReader CreateReader(Stream stream, ParseResult parsed) =>
        (parsed.GetValue(Format) ?? parsed.GetRequiredValue(File).Extension).ToUpperInvariant() switch
        {
            "CSV" or ".CSV" => new CsvRecordReader(stream),
            "JSONL" or ".JSONL" or ".NDJSON" => new JsonLinesRecordReader(stream),
            _ => throw new CommandException("The extension does not tell the format; say --format csv or --format jsonl."),
        };
}
