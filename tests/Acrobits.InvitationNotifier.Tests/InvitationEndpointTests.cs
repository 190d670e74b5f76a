using System.Text;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests;

public class InvitationEndpointTests
{
    private static readonly Invitation Invitation = new("15551231234", "johnsnow", "mynetwork");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    public void CreateRequest_NoPostData_IsGetWithoutContent(string? postData)
    {
        using var request = Create(postData: postData, contentType: "application/json").CreateRequest(Invitation);

        Assert.Equal(HttpMethod.Get, request.Method);
        Assert.Null(request.Content);
        Assert.Equal("https://example.com/?invitee=15551231234", request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public async Task CreateRequest_PostData_IsPostWithTheDefaultContentType()
    {
        using var request = Create(postData: "a=%invitor%").CreateRequest(Invitation);

        Assert.Equal(HttpMethod.Post, request.Method);
        Assert.Equal("application/x-www-form-urlencoded", request.Content!.Headers.ContentType!.ToString());
        Assert.Equal(10, request.Content.Headers.ContentLength);
        Assert.Equal("a=johnsnow", await request.Content.ReadAsStringAsync());
    }

    [Fact]
    public void CreateRequest_Headers_AreTheDocumentedOnesInOrder()
    {
        using var request = Create().CreateRequest(Invitation);

        Assert.Equal(
            ["Connection: close", "Cache-Control: max-age=0", "User-Agent: Sync Server 1.1"],
            request.Headers.NonValidated.Select(header => $"{header.Key}: {header.Value}"));
        Assert.Equal(new Version(1, 1), request.Version);
    }

    [Fact]
    public void CreateRequest_Null_Throws() =>
        Assert.Throws<ArgumentNullException>("invitation", () => Create().CreateRequest(null!));

    [Fact]
    public void Create_Null_Throws() => Assert.Throws<ArgumentNullException>("options", () => InvitationEndpoint.Create(null!));

    [Fact]
    public void Create_SeveralProblems_ThrowsOneExceptionWithAll()
    {
        var options = new InvitationEndpointOptions
        {
            InvitationCreatedUrl = "https://%invitee%:%invitor%@example.com/",
            InvitationCreatedPostData = "{",
            InvitationCreatedContentType = "application/json",
            Headers = { ["Host"] = "x", ["X-Key"] = "\n" },
        };

        var exception = Assert.Throws<OptionsValidationException>(() => InvitationEndpoint.Create(options));

        Assert.Equal(5, exception.Failures.Count());
        Assert.All(exception.Failures, failure => Assert.Contains(failure, exception.Message, StringComparison.Ordinal));
        Assert.Equal(typeof(InvitationEndpointOptions), exception.OptionsType);
    }

    [Fact]
    public void Create_OptionsChangedLater_ChangeNothing()
    {
        var options = new InvitationEndpointOptions { InvitationCreatedUrl = "https://example.com/", Headers = { ["X-Key"] = "1" } };
        var endpoint = InvitationEndpoint.Create(options);

        options.InvitationCreatedUrl = "https://other.example/";
        options.InvitationCreatedPostData = "a=1";
        options.Headers["X-Key"] = "2";

        using var request = endpoint.CreateRequest(Invitation);
        Assert.Equal("https://example.com/", request.RequestUri!.AbsoluteUri);
        Assert.Null(request.Content);
        Assert.Equal("1", Assert.Single(request.Headers.GetValues("X-Key")));
    }

    [Fact]
    public void CreateRequest_InParallel_KeepsInvitationsApart()
    {
        var endpoint = Create("https://example.com/%invitee%?%invitor%", "[\"%invitee%\",\"%network_id%\"]", "application/json");

        Parallel.For(0, 5_000, i =>
        {
            // Some of them too long for the stack.
            var text = $"{i}-{new string('x', i % 700)}";
            using var request = endpoint.CreateRequest(new Invitation(text, $"o{i}", $"n{i}"));
            using var body = new MemoryStream();
            request.Content!.CopyTo(body, null, CancellationToken.None);

            Assert.Equal($"/{text}?o{i}", request.RequestUri!.PathAndQuery);
            Assert.Equal($"[\"{text}\",\"n{i}\"]", Encoding.UTF8.GetString(body.ToArray()));
        });
    }

    [Fact]
    public void CreateRequest_Twice_GivesTwoRequests()
    {
        var endpoint = Create(postData: "a=%invitor%");

        using var first = endpoint.CreateRequest(Invitation);
        using var second = endpoint.CreateRequest(Invitation);

        Assert.NotSame(first, second);
        Assert.NotSame(first.Content, second.Content);
    }

    private static InvitationEndpoint Create(
        string url = "https://example.com/?invitee=%invitee%", string? postData = null, string? contentType = null) =>
        InvitationEndpoint.Create(new InvitationEndpointOptions
        {
            InvitationCreatedUrl = url,
            InvitationCreatedPostData = postData,
            InvitationCreatedContentType = contentType,
        });
}
