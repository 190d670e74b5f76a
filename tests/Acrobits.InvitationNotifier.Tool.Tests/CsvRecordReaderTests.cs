using Acrobits.InvitationNotifier.Tool.Cli;
using Acrobits.InvitationNotifier.Tool.Records;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class CsvRecordReaderTests
{
    private const string Header = "invitee,invitor,network_id\n";

    [Fact]
    public async Task ReadAsync_QuotedValues_UnquotesThemAndKeepsTheRawRecord()
    {
        var records = await Records.ReadCsvAsync(Header + "\"+1,5\",\"the \"\"king\"\"\",\"two\r\nlines\"\r\n2,b,c");

        Assert.Equal([new Invitation("+1,5", "the \"king\"", "two\r\nlines"), new("2", "b", "c")], records.Select(r => r.Invitation));
        Assert.Equal("\"+1,5\",\"the \"\"king\"\"\",\"two\r\nlines\"\r", records[0].Raw());
        Assert.Equal((2, 3), (records[0].Line, records[0].LastLine));
        Assert.Equal((4, 4), (records[1].Line, records[1].LastLine));
    }

    [Fact]
    public async Task ReadAsync_SpaceAroundValues_IsRemovedUnlessQuoted()
    {
        var records = await Records.ReadCsvAsync(Header + " 1 ,\tb b\t, n \r\n \" 2 \" ,\"\tb\", n\n3,  ,n\n");

        Assert.Equal([new("1", "b b", "n"), new(" 2 ", "\tb", "n"), null], records.Select(record => record.Invitation));
        Assert.Equal(" 1 ,\tb b\t, n \r", records[0].Raw());
        Assert.Equal("invitor is missing or blank", records[2].Problem);
    }

    [Fact]
    public async Task ReadAsync_ColumnsInAnotherOrderAndFurtherOnes_FindsTheThree()
    {
        var records = await Records.ReadCsvAsync("\u00EF\u00BB\u00BFNetwork_Id, name,invitor,invitee\r\nnet,X,bob,1\r\n");

        Assert.Equal(new Invitation("1", "bob", "net"), Assert.Single(records).Invitation);
    }

    [Theory]
    [InlineData("1,2")]
    [InlineData("1,2,3,4")]
    [InlineData("1,\"2\"x,3")]
    [InlineData("1,2\"2\",3")]
    [InlineData("1,,3")]
    [InlineData("1,2\u00FF,3")]
    public async Task ReadAsync_MalformedLine_IsReportedAndHarmsNoOther(string line)
    {
        var records = await Records.ReadCsvAsync($"{Header}a,b,c\n{line}\nd,e,f\n");

        Assert.Equal([null, "d"], records.Skip(1).Select(r => r.Invitation?.Invitee));
        Assert.Equal(3, records[1].Line);
        Assert.NotNull(records[1].Problem);
        Assert.DoesNotContain(line, records[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_QuoteNeverClosed_CostsOneLineAlone()
    {
        var others = Enumerable.Range(0, 200).Select(i => $"{i},b,c\n");

        var records = await Records.ReadCsvAsync($"{Header}\"x,b,c\n{string.Concat(others)}y,\"b,c");

        Assert.Equal([2L, 203L], records.Where(r => r.Invitation is null).Select(r => r.Line));
        Assert.Equal(
            Enumerable.Range(0, 200).Select(i => $"{i}"), records.Select(r => r.Invitation?.Invitee).Where(i => i is not null));
    }

    [Fact]
    public async Task ReadAsync_TwoStrayQuotesFarApart_LosesNothingBetweenThem()
    {
        var records = await Records.ReadCsvAsync($"{Header}5\",b,c\n1,b,c\n2,b,c\n6\",b,c\n3,b,c\n");

        Assert.Equal([null, "1", "2", null, "3"], records.Select(r => r.Invitation?.Invitee));
    }

    [Fact]
    public async Task ReadAsync_EndlessLine_IsReportedAndHarmsNoOther()
    {
        var records = await Records.ReadCsvAsync($"{Header}{new string('x', 5 * LineReader.MaxLength)}\n1,b,c\n");

        Assert.Equal([null, "1"], records.Select(r => r.Invitation?.Invitee));
        Assert.Equal([2L, 3L], records.Select(r => r.Line));
    }

    [Fact]
    public async Task ReadAsync_Skip_PassesOverLinesOfTheFileButNotTheHeader()
    {
        var records = await Records.ReadCsvAsync($"{Header}1,b,c\n\n2,b,c\n", skip: 2);

        Assert.Equal((4, "2"), (Assert.Single(records).Line, records[0].Invitation?.Invitee));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("1,2,3\n")]
    [InlineData("invitee;invitor;network_id\n")]
    [InlineData("invitee,invitor\n")]
    public async Task ReadAsync_NoHeader_SaysWhatItWants(string text)
    {
        var exception = await Assert.ThrowsAsync<CommandException>(() => Records.ReadCsvAsync(text));

        Assert.Contains("network_id", exception.Message, StringComparison.Ordinal);
    }
}
