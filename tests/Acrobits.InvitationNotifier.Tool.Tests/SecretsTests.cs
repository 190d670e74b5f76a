using Acrobits.InvitationNotifier.Tool.Check;

namespace Acrobits.InvitationNotifier.Tool.Tests;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("https://example.com", "https://example.com")]
    [InlineData(" https://u:p@example.com:8443/#fragment ", "https://example.com:8443/")]
    [InlineData("https://u:p@a@[2001:db8::1]?k3y", "https://[2001:db8::1]?***")]
    [InlineData("https://example.com/api/v2/a_b-c.php/../T024BE/", "https://example.com/api/v2/a_b-c.php/../***/")]
    [InlineData("https://example.com/abcdefghijklmnopqrstuvwxy/x-%invitee%-1", "https://example.com/***/x-%invitee%***")]
    [InlineData("https://example.com/?a=k3y&b=%invitee%&c=x:%invitor%&d=&%network_id%", "https://example.com/?a=***&b=%invitee%&c=***%invitor%&d=&%network_id%")]
    [InlineData("https://example.com/?a=b=%inviter%", "https://example.com/?a=***")]
    public void Hide_Url_MasksConstantValues(string url, string expected) =>
        Assert.Equal(expected, Hide(new InvitationEndpointOptions { InvitationCreatedUrl = url }).InvitationCreatedUrl);

    [Theory]
    [InlineData(null, "key=k3y&i=%invitee%", "key=***&i=%invitee%")]
    [InlineData("application/json", """{"a": "k3y", "b" :[-1.5e3, true, null, "\"k3y:\": \\"], "c":"tel:%invitee%"}""", """{"a": "***", "b" :[0, true, null, "***"], "c":"***%invitee%"}""")]
    [InlineData("application/json", "{\n  \"to\": [ \" k3y \", 12, \"%invitee% k3y %invitor%\" ]\n}", "{\n  \"to\": [ \" *** \", 0, \"%invitee% *** %invitor%\" ]\n}")]
    [InlineData(null, "{\"invitee\": \"%invitee%\", \"key\": \"k3y\", \"n\": %network_id%}", "{\"invitee\": \"%invitee%\", \"key\": \"***\", \"n\": %network_id%}")]
    [InlineData(null, "[k3y, \"k3y", "[***, ******")]
    [InlineData("application/x-www-form-urlencoded", "<a b=k3y c='k3y'> %invitee% k3y </a><!-- k3y", "<a b=*** c='***'> %invitee% *** </a><!-- ***")]
    [InlineData(null, "a=k3y k3y&b= %invitee% k3y ", "a=***&b= %invitee% *** ")]
    [InlineData("application/xml", "<a>\n  <b> k3y\n  k3y </b>\n</a>", "<a>\n  <b> ***\n  *** </b>\n</a>")]
    [InlineData("Application/JSON; charset=utf-8", "1234", "0")]
    [InlineData("application/xml", "<a xmlns='urn:x' xml:space=\"preserve\" b = 'k>3y'> k3y > <b>%invitee%</b></a>", "<a xmlns='urn:x' xml:space=\"preserve\" b = '***'> *** <b>%invitee%</b></a>")]
    [InlineData("application/xml", "<?xml version='1.0'?>\n<!-- <k3y>=\"k3y\" --><a>\n<![CDATA[<k3y>]]>k3y &amp;%invitor%<?pi a?></a>", "<?xml version='1.0'?>\n<!-- *** --><a>\n<![CDATA[***]]>***%invitor%<?pi ***?></a>")]
    public void Hide_PostData_MasksConstantValuesAndStaysValid(string? contentType, string postData, string expected) => Assert.Equal(
        expected,
        Hide(new InvitationEndpointOptions
        {
            InvitationCreatedUrl = "https://example.com/",
            InvitationCreatedPostData = postData,
            InvitationCreatedContentType = contentType,
        }).InvitationCreatedPostData);

    [Fact]
    public void Hide_HeadersAndUserInfo_KeepsTheNames() => Assert.Equal(
        [("Authorization", "***"), ("User-Agent", "***"), ("X-Key", "***")],
        Hide(new InvitationEndpointOptions
        {
            InvitationCreatedUrl = "https://:k3y@example.com/",
            Headers = { ["X-Key"] = "k3y", ["User-Agent"] = "k3y" },
        }).Headers.Select(header => (header.Key, header.Value)).Order());

    private static InvitationEndpointOptions Hide(InvitationEndpointOptions service)
    {
        InvitationEndpoint.Create(service);

        var hidden = Secrets.Hide(service);
        InvitationEndpoint.Create(hidden);
        return hidden;
    }
}
