using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Acrobits.InvitationNotifier.Sample.Cli;
using CsvHelper;

namespace Acrobits.InvitationNotifier.Sample.Bulk;

/// <summary>
/// CSV as RFC 4180 has it, with a header row that names invitee, invitor and network_id in any order; further columns
/// are carried along unread.
/// </summary>
/// <remarks>
/// A quote that is never closed would make the rest of the file one value. So the lines of a record are put together
/// here, and CsvHelper sees one record at a time: where one is malformed, its first line alone is given up, and reading
/// goes on with the next.
/// </remarks>
internal sealed class CsvRecordReader(Stream stream) : IRecordReader
{
    private const int MaxLinesOfRecord = 50;

    private static readonly CsvReaderOptions Format = new()
    {
        // The header row is read here; guesses would change what the values are.
        HasHeader = false,
        Separator = ',',
        DetectSeparatorHint = false,
        TrimWhitespace = false,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private readonly Queue<Line> _again = [];
    private int _columns;
    private int _invitee;
    private int _invitor;
    private int _networkId;

    public byte[]? Header { get; private set; }

    public async IAsyncEnumerable<BulkRecord> ReadAsync(
        long skip, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var lines = LineReader.ReadAsync(stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await ReadHeaderAsync(lines);

        List<Line> record = [];
        var quotes = 0;
        while (true)
        {
            if (await NextAsync(lines) is not { } line)
            {
                if (record is [])
                {
                    break;
                }

                yield return GiveUpFirst(record, ref quotes, "a quoted value is not closed");
            }
            else if (line.Number <= skip || (record is [] && line.IsBlank))
            {
                // Passed over.
            }
            else if (line.Bytes is null)
            {
                record.Add(line);
                yield return GiveUpFirst(record, ref quotes, record is [_]
                    ? $"longer than {LineReader.MaxLength} bytes"
                    : "a quoted value is not closed");
            }
            else
            {
                record.Add(line);
                quotes += line.Bytes.AsSpan().Count((byte)'"');

                // Quotes come in pairs, those within a value too; while one is missing, the record goes on.
                if (quotes % 2 == 0)
                {
                    var (parsed, problem) = Parse(record);
                    if (parsed is not null)
                    {
                        yield return parsed;
                        record.Clear();
                        quotes = 0;
                    }
                    else
                    {
                        yield return GiveUpFirst(record, ref quotes, problem);
                    }
                }
                else if (record.Count == MaxLinesOfRecord)
                {
                    yield return GiveUpFirst(record, ref quotes, "a quoted value is not closed");
                }
            }
        }
    }

    private async Task ReadHeaderAsync(IAsyncEnumerator<Line> lines)
    {
        Line? first;
        do
        {
            first = await NextAsync(lines);
        }
        while (first is { IsBlank: true });

        if (first is not { Bytes: { } bytes } || Split([first.Value]) is not { } names)
        {
            throw new CommandException("The file has no header row; it has to name invitee, invitor and network_id.");
        }

        Header = bytes;
        _columns = names.Length;
        _invitee = Column("invitee");
        _invitor = Column("invitor");
        _networkId = Column("network_id");

        int Column(string name)
        {
            var column = Array.FindIndex(names, n => n.Trim().Equals(name, StringComparison.OrdinalIgnoreCase));
            return column >= 0
                ? column
                : throw new CommandException(
                    $"The header row lacks {name}; it has to name invitee, invitor and network_id, separated by commas.");
        }
    }

    private async ValueTask<Line?> NextAsync(IAsyncEnumerator<Line> lines) =>
        _again.TryDequeue(out var line) ? line
        : await lines.MoveNextAsync() ? lines.Current
        : null;

    private BulkRecord GiveUpFirst(List<Line> record, ref int quotes, string problem)
    {
        var first = record[0];

        // What is left of an earlier attempt comes after the lines of this one.
        List<Line> later = [.. record.Skip(1), .. _again];
        _again.Clear();
        later.ForEach(_again.Enqueue);

        record.Clear();
        quotes = 0;
        return BulkRecord.Malformed(first, problem);
    }

    private (BulkRecord? Record, string Problem) Parse(List<Line> lines)
    {
        var fields = Split(lines);
        if (fields is null)
        {
            return (null, "the quoting is wrong, or the text is not UTF-8");
        }

        return fields.Length == _columns
            ? (BulkRecord.Of(lines, Join(lines), fields[_invitee], fields[_invitor], fields[_networkId]), "")
            : (null, $"{fields.Length} values where the header row has {_columns}");
    }

    // The values of one record, or null where it is not one.
    private static string[]? Split(IReadOnlyList<Line> lines)
    {
        var bytes = Join(lines);
        if (!Utf8.IsValid(bytes))
        {
            return null;
        }

        try
        {
            using var csv = CsvReader.Create(bytes, Format);
            string[]? fields = csv.Read() ? [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)] : null;
            return csv.Read() ? null : fields;
        }
        catch (CsvFormatException)
        {
            return null;
        }
    }

    private static byte[] Join(IReadOnlyList<Line> lines)
    {
        if (lines is [{ Bytes: { } only }])
        {
            return only;
        }

        using MemoryStream joined = new();
        for (var index = 0; index < lines.Count; index++)
        {
            if (index > 0)
            {
                joined.WriteByte((byte)'\n');
            }

            joined.Write(lines[index].Bytes);
        }

        return joined.ToArray();
    }
}
