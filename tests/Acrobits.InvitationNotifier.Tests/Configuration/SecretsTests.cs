using Acrobits.InvitationNotifier.Tests.Templates;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

public class SecretsTests
{
    private const string Secret = "s3cr3t";

    [Theory]
    [InlineData("https://s3cr3t:s3cr3t%invitee%@example.com/s3cr3t")]
    [InlineData("https://s3cr3t@%invitee%/?key=s3cr3t")]
    [InlineData("https://%invitee%.s3cr3t:s3cr3t/")]
    [InlineData("ftp://user:s3cr3t@example.com/?s3cr3t")]
    [InlineData("s3cr3t://example.com")]
    [InlineData("s3cr3t")]
    [InlineData("https://s3cr3t{/s3cr3t")]
    [InlineData("https://example.com:s3cr3t/")]
    [InlineData("https://user:s3cr3t\u0001@example.com/?s3cr3t")]
    public void Create_WrongUrl_QuotesNoneOfIt(string url) => AssertSilent(url);

    [Theory]
    [InlineData(Expansion.Json, "{\"key\":\"s3cr3t\" s3cr3t}")]
    [InlineData(Expansion.Json, "{\"key\":s3cr3t}")]
    [InlineData(Expansion.Json, "{\"key\":\"s3cr3t\\s3cr3t\"}")]
    [InlineData(Expansion.Json, "{\"s3cr3t\":%invitee%}")]
    [InlineData(Expansion.Json, "\"s3cr3t")]
    [InlineData(Expansion.Xml, "<s3cr3t>s3cr3t</r>")]
    [InlineData(Expansion.Xml, "<r s3cr3t=s3cr3t/>")]
    [InlineData(Expansion.Xml, "<s3cr3t:r/>")]
    [InlineData(Expansion.Xml, "<r>&s3cr3t;</r>")]
    [InlineData(Expansion.Xml, "<r s3cr3t='' s3cr3t=''/>")]
    [InlineData(Expansion.Xml, "<!DOCTYPE s3cr3t><r>s3cr3t</r>")]
    [InlineData(Expansion.Xml, "<?xml version='1.0' encoding='s3cr3t'?><r/>")]
    [InlineData(Expansion.Xml, "<?xml version='s3cr3t'?><r/>")]
    [InlineData(Expansion.Xml, "<r><!-- s3cr3t %invitee% --></r>")]
    [InlineData(Expansion.Xml, "s3cr3t%invitee%")]
    [InlineData(Expansion.Form, "key=s3cr3t\n")]
    [InlineData("s3cr3t", "s3cr3t")]
    [InlineData("application/json; s3cr3t", "{}")]
    public void Create_WrongBody_QuotesNoneOfIt(string contentType, string postData) =>
        AssertSilent("https://example.com/s3cr3t", postData, contentType);

    [Theory]
    [InlineData("X-Key", "s3cr3t\n")]
    [InlineData("X-Key", "s3cr3tž")]
    [InlineData("Host", "s3cr3t")]
    [InlineData("Content-Type", "s3cr3t")]
    [InlineData("Expires", "s3cr3t")]
    [InlineData("X-Key: s3cr3t", "")]
    public void Create_WrongHeader_QuotesNoValue(string name, string value)
    {
        var options = new InvitationEndpointOptions { InvitationCreatedUrl = "https://example.com/", Headers = { [name] = value } };

        AssertSilent(Assert.Throws<OptionsValidationException>(() => InvitationEndpoint.Create(options)));
    }

    [Theory]
    [InlineData("AttemptTimeout")]
    [InlineData("Headers")]
    [InlineData("Networks:x")]
    [InlineData("Typo")]
    [InlineData("Egress:AllowedRanges:0")]
    [InlineData("InvitationCreatedUrl")]
    [InlineData("InvitationCreatedUrl:0")]
    public void Validate_WrongValue_IsNotQuoted(string key) =>
        AssertSilent(Assert.Throws<OptionsValidationException>(() => Settings.Read(Settings.From((key, Secret)))));

    [Fact]
    public void CreateRequest_Unrepresentable_QuotesNoValue()
    {
        var endpoint = Expansion.Endpoint("https://example.com/s3cr3t/", "<s3cr3t>%invitee%</s3cr3t>", Expansion.Xml);

        AssertSilent(Assert.Throws<FormatException>(() => endpoint.CreateRequest(new Invitation("s3cr3t\0", "s3cr3t", "s3cr3t"))));
    }

    private static void AssertSilent(string url, string? postData = null, string? contentType = null) =>
        AssertSilent(Assert.Throws<OptionsValidationException>(() => Expansion.Endpoint(url, postData, contentType)));

    // The whole exception, inner ones included: that is what an application logs.
    private static void AssertSilent(Exception exception) =>
        Assert.DoesNotContain(Secret, exception.ToString(), StringComparison.OrdinalIgnoreCase);
}
