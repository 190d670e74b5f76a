using Acrobits.InvitationNotifier.Templates;

namespace Acrobits.InvitationNotifier.Tests.Templates;

public class LookAlikeTests
{
    [Theory]
    [InlineData("%inviter%", "%invitor%")]
    [InlineData("%INVITEE%", "%invitee%")]
    [InlineData("%Invitor%", "%invitor%")]
    [InlineData("%invite%", "%invitee%")]
    [InlineData("%invitees%", "%invitee%")]
    [InlineData("%networkid%", "%network_id%")]
    [InlineData("%network-id%", "%network_id%")]
    [InlineData("%NetworkId%", "%network_id%")]
    [InlineData("%network%", "%network_id%")]
    public void FindLookAlikes_MisspeltKeyword_NamesTheNearest(string text, string nearest) =>
        Assert.Equal([(0, nearest)], Placeholder.FindLookAlikes(text));

    [Fact]
    public void FindLookAlikes_OtherKeyword_IsFound() =>
        Assert.Equal(3, Assert.Single(Placeholder.FindLookAlikes("?x=%foo%&y")).Start);

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("%%")]
    [InlineData("100% of 50%")]
    [InlineData("%C3%A9")]
    [InlineData("%c3%a9%20")]
    [InlineData("%20abc%20")]
    [InlineData("%2Fpath%2F")]
    [InlineData("%invitee%")]
    [InlineData("%foo%invitee%")]
    [InlineData("%invitee%foo%")]
    [InlineData("%%invitee%%")]
    [InlineData("%invitee%%invitor%%network_id%")]
    [InlineData("%invitee")]
    [InlineData("%in vitee%")]
    public void FindLookAlikes_NothingMistakable_FindsNone(string text) => Assert.Empty(Placeholder.FindLookAlikes(text));

    [Fact]
    public void FindLookAlikes_Several_FindsAllOnce() =>
        Assert.Equal(
            [(1, "%invitee%"), (21, "%invitor%")],
            Placeholder.FindLookAlikes(" %INVITEE%%invitee%  %inviter%"));

    [Fact]
    public void Warnings_UrlAndBody_NameKeyAndPosition()
    {
        const string Advice = "looks like a placeholder but is not one, so it is sent as written. The nearest placeholder is";
        var endpoint = Expansion.Endpoint("https://example.com/?a=%inviter%", "{\"n\":\"%networkid%\"}", Expansion.Json);

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(
                [$"InvitationCreatedUrl, character 24: {Advice} %invitor%.", $"InvitationCreatedPostData, character 7: {Advice} %network_id%."],
                endpoint.Warnings);
        }
    }

    [Fact]
    public void CreateRequest_LookAlike_IsSentAsItStands() =>
        Assert.Equal("https://example.com/%inviter%?%INVITEE%=x", Expansion.Url("https://example.com/%inviter%?%INVITEE%=%invitee%", "x"));
}
