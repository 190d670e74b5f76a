using System.Text;
using Acrobits.InvitationNotifier.Tool.Records;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task ReadAsync_EncodingWithByteOrderMark_GivesLinesInUtf8WithTheirPositions(string encodingName)
    {
        var encoding = Encoding.GetEncoding(encodingName);
        string[] expected = ["ö\u0A0A\u010A", "", $"𝄞{new string('x', 10_000)}\r", "end"];

        var lines = await ReadAsync([.. encoding.GetPreamble(), .. encoding.GetBytes(string.Join('\n', expected))]);

        Assert.Equal(expected, lines.Select(line => Encoding.UTF8.GetString(line.Bytes!)));
        Assert.Equal([1L, 2L, 3L, 4L], lines.Select(line => line.Number));
        Assert.Equal(
            Enumerable.Range(1, 4).Select(count => encoding.GetPreamble().Length
                + encoding.GetByteCount(string.Join('\n', expected.Take(count))) + (count < 4 ? encoding.GetByteCount("\n") : 0)),
            lines.Select(line => (int)line.End));
    }

    [Fact]
    public async Task ReadAsync_HalfASurrogatePairInUtf16_IsReportedAndHarmsNoOther()
    {
        var lines = await ReadAsync([0xFF, 0xFE, (byte)'a', 0, (byte)'\n', 0, 0x00, 0xD8, (byte)'\n', 0, (byte)'b', 0]);

        Assert.Equal([null, "not valid UTF-16", null], lines.Select(line => line.Problem));
        Assert.Equal(["a", "b"], lines.Where(line => line.Bytes is not null).Select(line => Encoding.UTF8.GetString(line.Bytes!)));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xFF, 0xFE })]
    public async Task ReadAsync_ShortFile_GivesAtMostOneLine(byte[] file) =>
        Assert.True((await ReadAsync(file)).Count <= 1);

    private static async Task<List<Line>> ReadAsync(byte[] file)
    {
        using MemoryStream stream = new(file);
        List<Line> lines = [];
        await foreach (var line in LineReader.ReadAsync(stream, CancellationToken.None))
        {
            lines.Add(line);
        }

        return lines;
    }
}
