using Acrobits.InvitationNotifier.Tests.Templates;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

public class ContentTypesTests
{
    [Theory]
    [InlineData(null, "a=1", "application/x-www-form-urlencoded")]
    [InlineData("", "a=1", "application/x-www-form-urlencoded")]
    [InlineData("  ", "a=1", "application/x-www-form-urlencoded")]
    [InlineData("application/x-www-form-urlencoded", "a=1", "application/x-www-form-urlencoded")]
    [InlineData("application/json", "{}", "application/json")]
    [InlineData("application/xml", "<r/>", "application/xml")]
    [InlineData("Application/JSON", "{}", "Application/JSON")]
    [InlineData(" application/json ", "{}", "application/json")]
    [InlineData("application/json; charset=utf-8", "{}", "application/json; charset=utf-8")]
    [InlineData("application/json;charset=UTF-8", "{}", "application/json;charset=UTF-8")]
    [InlineData("application/xml ; Charset=\"utf-8\"", "<r/>", "application/xml ; Charset=\"utf-8\"")]
    public void CreateRequest_SupportedContentType_GoesOutAsWritten(string? contentType, string body, string expected)
    {
        using var request = Expansion.Endpoint("https://example.com/", body, contentType).CreateRequest(new Invitation("a", "b", "c"));

        Assert.Equal(["Content-Type: " + expected], request.Content!.Headers.NonValidated.Select(header => $"{header.Key}: {header.Value}"));
    }

    [Theory]
    [InlineData("text/xml")]
    [InlineData("text/plain")]
    [InlineData("application/jsonx")]
    [InlineData("application/ld+json")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("json")]
    [InlineData("application/json, application/xml")]
    [InlineData("application/json\r\nX-Evil: 1")]
    [InlineData("appl\u0130cation/json")]
    [InlineData("\tapplication/json")]
    [InlineData(";")]
    public void Create_OtherContentType_IsRefusedWithTheSupportedOnes(string contentType) =>
        Assert.Equal(
            ["InvitationCreatedContentType: is not supported. Use application/json, application/xml or application/x-www-form-urlencoded."],
            Expansion.Refusals("https://example.com/", "{}", contentType));

    [Theory]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/json; charset='utf-8'")]
    [InlineData("application/json; version=1")]
    [InlineData("application/json; charset=utf-8; version=1")]
    [InlineData("application/json; charset=utf-8\r\nX-Evil: 1")]
    [InlineData("application/json;")]
    public void Create_OtherParameter_IsRefused(string contentType) =>
        Assert.Equal(
            ["InvitationCreatedContentType: has a parameter other than charset=utf-8. Remove it."],
            Expansion.Refusals("https://example.com/", "{}", contentType));

    [Fact]
    public void Create_OtherContentTypeWithoutPostData_IsRefusedToo() =>
        Assert.StartsWith(
            "InvitationCreatedContentType: ",
            Assert.Single(Expansion.Refusals("https://example.com/", null, "text/plain")),
            StringComparison.Ordinal);
}
