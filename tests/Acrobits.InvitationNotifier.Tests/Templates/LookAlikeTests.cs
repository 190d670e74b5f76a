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
        Assert.Equal([(0, nearest)], LookAlikes.Find(text));

    [Theory]
    [InlineData("a=%invitee&b=1", 2)]
    [InlineData("%invitee", 0)]
    [InlineData("a=invitee%", 2)]
    [InlineData("a=invitor%&b", 2)]
    [InlineData("?x=%caller%", 3)]
    [InlineData("%dead%", 0)]
    [InlineData("%25invitee%25", 0)]
    [InlineData("%25Inviter%25", 0)]
    [InlineData("a={invitee}", 2)]
    [InlineData("a={{ invitor }}", 2)]
    [InlineData("a=${network_id}", 3)]
    [InlineData("a=#{networkId}", 3)]
    [InlineData("a=%{invitee}", 3)]
    [InlineData("a=%(invitee)s", 2)]
    [InlineData("a=$(invitee)", 2)]
    [InlineData("<a><%= invitee %></a>", 3)]
    [InlineData("{\"a\":\"$invitor\"}", 6)]
    [InlineData("a=$invitee&b", 2)]
    [InlineData("/users/:invitee/", 7)]
    [InlineData("a=:invitee", 2)]
    [InlineData("a=@invitee", 2)]
    [InlineData("a=[invitee]", 2)]
    [InlineData("<a>[invitee]</a>", 3)]
    public void FindLookAlikes_OtherNotation_IsFound(string text, int start) => Assert.Equal(start, Assert.Single(LookAlikes.Find(text)).Start);

    [Fact]
    public void FindLookAlikes_OtherKeyword_IsFound() =>
        Assert.Equal(3, Assert.Single(LookAlikes.Find("?x=%foo%&y")).Start);

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
    [InlineData("%in vitee%")]
    [InlineData("invitee=1&invitor%5B0%5D=2")]
    [InlineData("a[invitee]=1")]
    [InlineData("{\"invitee\":1,\"invitor\":[\"network_id\"]}")]
    [InlineData("<invitee network_id='1'>2</invitee>")]
    [InlineData("/invitee/invitor/network_id?invitee")]
    [InlineData("invited=%20invitee%20")]
    [InlineData("user:invitee@host")]
    public void FindLookAlikes_NothingMistakable_FindsNone(string text) => Assert.Empty(LookAlikes.Find(text));

    [Fact]
    public void FindLookAlikes_Several_FindsAllOnce() =>
        Assert.Equal(
            [(1, "%invitee%"), (21, "%invitor%")],
            LookAlikes.Find(" %INVITEE%%invitee%  %inviter%"));

    [Fact]
    public void Warnings_UrlAndBody_NameKeyAndPosition()
    {
        const string Advice = "looks like a placeholder but is not one, so it is sent as written. The nearest placeholder is";
        var endpoint = Expansion.Endpoint("https://example.com/?a=%inviter%&b=%invitee%", "{\"n\":\"%networkid%\"}", Expansion.Json);

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
