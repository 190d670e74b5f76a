using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>The web server of the README answers its clients as HTTP means it. What runs here is the text of the README.</summary>
public sealed class WebExampleTests : IAsyncDisposable
{
    private const string Valid = """{ "phone": "15551231234", "userName": "johnsnow", "cloudId": "mynetwork" }""";

    private readonly ConcurrentQueue<string> _arrived = new();
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _provider;

    public WebExampleTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _provider = builder.Build();
        _provider.Urls.Add("http://127.0.0.1:0");
        _provider.Run(async context =>
        {
            _arrived.Enqueue(context.Request.Path + context.Request.QueryString);
            await _answer.Task;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
    }

    private static Example Readme =>
        Repository.Page("README.md").Examples.Single(example => example.Code.Contains("app.Run();", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        _answer.TrySetResult();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Readme_Invitation_IsAcceptedAndDelivered()
    {
        _answer.SetResult();
        await using (var server = await StartAsync())
        {
            Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "/invitations", Valid));
            Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "/joined", Valid));

            // Stopping delivers what was accepted.
        }

        Assert.Equal(["/created?i=15551231234", "/joined?i=15551231234"], _arrived.Order());
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task Readme_MistakeOfAClient_IsABadRequestWithoutPersonalDataInTheLog(string environment)
    {
        string[] mistakes =
        [
            """{ "phone": "", "userName": "johnsnow", "cloudId": "mynetwork" }""",
            """{ "phone": "15551231234", "userName": " ", "cloudId": "mynetwork" }""",
            """{ "phone": "15551231234", "userName": "johnsnow", "cloudId": null }""",
            """{ "phone": "15551231234", "userName": "johnsnow" }""",
            """{ "phone": "15551231234\ud800", "userName": "johnsnow", "cloudId": "mynetwork" }""",
            """{ "phone": 15551231234, "userName": "johnsnow", "cloudId": "mynetwork" }""",
            """{ "phone": "15551231234", "userName": johnsnow """,
            """["15551231234", "johnsnow", "mynetwork"]""",
            "15551231234",
            "null",
            "",
        ];
        await using var server = await StartAsync($"--environment={environment}");

        foreach (var path in (string[])["/invitations", "/joined"])
        {
            foreach (var mistake in mistakes)
            {
                Assert.Equal((mistake, HttpStatusCode.BadRequest), (mistake, await PostAsync(server, path, mistake)));
            }
        }

        Assert.Empty(_arrived);
        Assert.All(server.Logs.GetSnapshot(), record =>
        {
            var logged = $"{record.Message} {record.Exception}";
            Assert.DoesNotContain("15551231234", logged, StringComparison.Ordinal);
            Assert.DoesNotContain("johnsnow", logged, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task Readme_FullQueue_IsUnavailable()
    {
        await using var server = await StartAsync("--InvitationNotifier:Queue:Capacity=1", "--InvitationNotifier:Queue:EnqueueTimeout=00:00:00");

        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "/invitations", Valid));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(server, "/invitations", Valid));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(server, "/joined", Valid));
        _answer.SetResult();
    }

    private static async Task<HttpStatusCode> PostAsync(ExampleServer server, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private async Task<ExampleServer> StartAsync(params string[] settings)
    {
        await _provider.StartAsync(TestContext.Current.CancellationToken);
        return await ExampleServer.StartAsync(
            Readme,
            [
                $"--InvitationNotifier:InvitationCreatedUrl={_provider.Urls.Single()}/created?i=%invitee%",
                $"--InvitationNotifier:InvitationAcceptedUrl={_provider.Urls.Single()}/joined?i=%invitee%",
                "--InvitationNotifier:Egress:AllowedRanges:0=127.0.0.0/8",
                .. settings,
            ]);
    }
}
