using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Acrobits.InvitationNotifier.Tool.Cli;
using CsvHelper;

namespace Acrobits.InvitationNotifier.Tool.Records;

/// <summary>
/// Reads CSV (RFC 4180). A header row names the columns invitee, invitor, network_id and, optionally, event, in any order;
/// other columns are ignored. Spaces and tabs around an unquoted value are removed.
/// </summary>
/// <remarks>
/// A quote that is never closed would turn the rest of the file into one value. This class therefore joins the lines of a
/// record itself and hands CsvHelper one record at a time. If a record is malformed, only its first line is given up.
/// </remarks>
internal sealed class CsvRecordReader(Stream stream, InvitationEvent defaultEvent = InvitationEvent.Created) : IRecordReader
{
    private const int MaxLinesOfRecord = 50;
    private const string NotClosed = "a quoted value is not closed";
    private const string ColumnsWanted = "It must name invitee, invitor and network_id, separated by commas.";

    private static readonly CsvReaderOptions Format = new()
    {
        // Each record is read on its own, without the header row.
        HasHeader = false,
        Separator = ',',
        DetectSeparatorHint = false,
        TrimWhitespace = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    private readonly Queue<Line> _again = [];
    private int _columns;
    private int _invitee;
    private int _invitor;
    private int _networkId;

    // -1: there is no such column.
    private int _event;

    public byte[]? Header { get; private set; }

    public async IAsyncEnumerable<InvitationRecord> ReadAsync(
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

                yield return GiveUpFirst(record, ref quotes, NotClosed);
            }
            else if (line.Number <= skip || (record is [] && line.IsBlank))
            {
                // Skipped.
            }
            else if (line.Bytes is null)
            {
                record.Add(line);
                yield return GiveUpFirst(record, ref quotes, record is [_] ? line.Problem! : NotClosed);
            }
            else
            {
                record.Add(line);
                quotes += line.Bytes.AsSpan().Count((byte)'"');

                // Quotes come in pairs, escaped ones too. While one is missing, the record continues on the next line.
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
                    yield return GiveUpFirst(record, ref quotes, NotClosed);
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
            throw new CommandException($"The file has no header row. {ColumnsWanted}");
        }

        Header = bytes;
        _columns = names.Length;
        _invitee = Column("invitee");
        _invitor = Column("invitor");
        _networkId = Column("network_id");
        _event = Find("event");

        int Find(string name) => Array.FindIndex(names, n => n.Trim().Equals(name, StringComparison.OrdinalIgnoreCase));

        int Column(string name) => Find(name) is >= 0 and var column
            ? column
            : throw new CommandException($"The header row lacks {name}. {ColumnsWanted}");
    }

    private async ValueTask<Line?> NextAsync(IAsyncEnumerator<Line> lines) =>
        _again.TryDequeue(out var line) ? line
        : await lines.MoveNextAsync() ? lines.Current
        : null;

    private InvitationRecord GiveUpFirst(List<Line> record, ref int quotes, string problem)
    {
        var first = record[0];

        // The other lines are read again, before those that an earlier record gave back.
        List<Line> later = [.. record.Skip(1), .. _again];
        _again.Clear();
        later.ForEach(_again.Enqueue);

        record.Clear();
        quotes = 0;
        return InvitationRecord.Malformed(first, problem);
    }

    private (InvitationRecord? Record, string Problem) Parse(List<Line> lines)
    {
        var fields = Split(lines);
        if (fields is null)
        {
            return (null, "the quoting is wrong, or the text is not UTF-8");
        }

        if (fields.Length != _columns)
        {
            return (null, $"{fields.Length} value(s), but the header row has {_columns}");
        }

        var invitationEvent = InvitationRecord.ReadEvent(_event < 0 ? null : fields[_event], defaultEvent);
        return (InvitationRecord.Of(lines, Join(lines), fields[_invitee], fields[_invitor], fields[_networkId], invitationEvent), "");
    }

    // Null if the lines are not exactly one record.
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
