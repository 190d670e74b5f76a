namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class JsonLinesRecordReaderTests
{
    private const string Good = """{"invitee":"+1","invitor":"b\u0061b","network_id":"net","more":[1]}""";

    [Fact]
    public async Task ReadAsync_Objects_GivesInvitationsWithTheirRawLines()
    {
        var records = await Records.ReadJsonLinesAsync($"{Good}\r\n\n{Good}");

        Assert.All(records, record => Assert.Equal(new Invitation("+1", "bab", "net"), record.Invitation));
        Assert.Equal([1L, 3L], records.Select(r => r.Line));
        Assert.Equal([Good + "\r", Good], records.Select(r => r.Raw()));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("""{"invitee":1,"invitor":"b","network_id":"n"}""")]
    [InlineData("""{"invitee":"1","invitor":null,"network_id":"n"}""")]
    [InlineData("""{"invitee":"1","network_id":"n"}""")]
    [InlineData("""{"invitee":"\ud800","invitor":"b","network_id":"n"}""")]
    [InlineData("{\"invitee\":\"\u00FF\",\"invitor\":\"b\",\"network_id\":\"n\"}")]
    public async Task ReadAsync_MalformedLine_IsReportedAndHarmsNoOther(string line)
    {
        var records = await Records.ReadJsonLinesAsync($"{Good}\n{line}\n{Good}\n");

        Assert.Equal(["+1", null, "+1"], records.Select(r => r.Invitation?.Invitee));
        Assert.Equal(2, records[1].Line);
        Assert.NotNull(records[1].Problem);
    }

    [Fact]
    public async Task ReadAsync_Skip_PassesOverLines()
    {
        var records = await Records.ReadJsonLinesAsync($"{Good}\n{Good}\n{Good}\n", skip: 2);

        Assert.Equal(3, Assert.Single(records).Line);
    }
}
