using System.Text;
using Acrobits.InvitationNotifier.Tool.Records;

namespace Acrobits.InvitationNotifier.Tool.Tests;

internal static class Records
{
    public static Task<List<InvitationRecord>> ReadCsvAsync(string text, long skip = 0) =>
        ReadAsync(new CsvRecordReader(Stream(text)), skip);

    public static Task<List<InvitationRecord>> ReadJsonLinesAsync(string text, long skip = 0) =>
        ReadAsync(new JsonLinesRecordReader(Stream(text)), skip);

    // Latin-1 lets a test write any byte as one character.
    public static MemoryStream Stream(string text) => new(Encoding.Latin1.GetBytes(text));

    public static string Raw(this InvitationRecord record) => Encoding.Latin1.GetString(record.Raw);

    private static async Task<List<InvitationRecord>> ReadAsync(IRecordReader reader, long skip)
    {
        List<InvitationRecord> records = [];
        await foreach (var record in reader.ReadAsync(skip, CancellationToken.None))
        {
            records.Add(record);
        }

        return records;
    }
}
