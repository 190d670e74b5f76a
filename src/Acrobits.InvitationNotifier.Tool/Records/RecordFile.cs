using System.CommandLine;
using Acrobits.InvitationNotifier.Tool.Cli;

namespace Acrobits.InvitationNotifier.Tool.Records;

/// <summary>The arguments for a file of invitations.</summary>
internal sealed class RecordFile
{
    public RecordFile() => Format.AcceptOnlyFromAmong("csv", "jsonl");

    public Argument<FileInfo> File { get; } = new("FILE") { Description = "The invitations, in CSV or JSON Lines." };

    public Option<string?> Format { get; } = new("--format")
    {
        HelpName = "csv|jsonl",
        Description = "The format of the file. [default: by its extension .csv, .jsonl or .ndjson]",
    };

    public Option<long> Skip { get; } = new("--skip")
    {
        HelpName = "N",
        Description = "Skips the first N lines of the file, to continue an earlier run.",
    };

    /// <exception cref="CommandException">The file does not exist.</exception>
    public FileStream Open(ParseResult parsed) => parsed.GetRequiredValue(File) is { Exists: true } input
        ? new FileStream(input.FullName, FileMode.Open, FileAccess.Read, FileShare.Read)
        : throw new CommandException($"The file {parsed.GetRequiredValue(File).FullName} does not exist.");

    /// <exception cref="CommandException">Neither the option nor the extension tells the format.</exception>
    public IRecordReader CreateReader(Stream stream, ParseResult parsed, InvitationEvent defaultEvent = InvitationEvent.Created) =>
        (parsed.GetValue(Format) ?? parsed.GetRequiredValue(File).Extension).ToUpperInvariant() switch
        {
            "CSV" or ".CSV" => new CsvRecordReader(stream, defaultEvent),
            "JSONL" or ".JSONL" or ".NDJSON" => new JsonLinesRecordReader(stream, defaultEvent),
            _ => throw new CommandException("The extension does not tell the format. Use --format csv or --format jsonl."),
        };
}
