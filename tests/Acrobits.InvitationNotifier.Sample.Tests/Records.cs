using System.Text;
using Acrobits.InvitationNotifier.Sample.Bulk;

namespace Acrobits.InvitationNotifier.Sample.Tests;

internal static class Records
{
    public static Task<List<BulkRecord>> ReadCsvAsync(string text, long skip = 0) =>
        ReadAsync(new CsvRecordReader(Stream(text)), skip);

    public static Task<List<BulkRecord>> ReadJsonLinesAsync(string text, long skip = 0) =>
        ReadAsync(new JsonLinesRecordReader(Stream(text)), skip);

    // Latin-1 lets a test write any byte as one character.
    public static MemoryStream Stream(string text) => new(Encoding.Latin1.GetBytes(text));

    public static string Raw(this BulkRecord record) => Encoding.Latin1.GetString(record.Raw);

    private static async Task<List<BulkRecord>> ReadAsync(IRecordReader reader, long skip)
    {
        List<BulkRecord> records = [];
        await foreach (var record in reader.ReadAsync(skip, CancellationToken.None))
        {
            records.Add(record);
        }

        return records;
    }
}
