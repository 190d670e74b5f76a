using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.Interoperability.Tests.Servers;

namespace Acrobits.InvitationNotifier.Interoperability.Tests;

/// <summary>A provider behind nginx that limits the rate of requests.</summary>
public sealed class RateLimitTests
{
    private const int Burst = 60;

    [Theory]
    [InlineData(429, false)]
    [InlineData(429, true)]
    [InlineData(503, false)]
    [InlineData(503, true)]
    public async Task EnqueueAsync_BurstBeyondTheRate_EachInvitationIsDeliveredOnce(int status, bool reuseConnections)
    {
        await using var nginx = await Server.StartAsync(Limited(status, rate: "20r/s"));
        await using (var sender = await StartAsync(nginx, reuseConnections))
        {
            await Task.WhenAll(Invitations().Select(invitation => sender.Queue.EnqueueAsync(invitation).AsTask()));
            await Eventually.BecomesAsync(() => Answers(nginx, 204).Count >= Burst, "an answer 204 for each invitation");
        }

        Assert.Equal(Invitations().Select(invitation => $"\"{invitation.Id}\"").Order(), Answers(nginx, 204).Order());
        Assert.NotEmpty(Answers(nginx, status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EnqueueAsync_MaxRequestsPerSecondBelowTheRate_NginxRefusesNothing(bool reuseConnections)
    {
        await using var nginx = await Server.StartAsync(Limited(429, rate: "40r/s", burst: 30));
        await using (var sender = await StartAsync(nginx, reuseConnections, maxRequestsPerSecond: "20"))
        {
            await Task.WhenAll(Invitations().Select(invitation => sender.Queue.EnqueueAsync(invitation).AsTask()));
            await Eventually.BecomesAsync(() => Answers(nginx, 204).Count >= Burst, "an answer 204 for each invitation");
        }

        Assert.Equal(Burst, nginx.ReadRequests<Answer>().Count);
    }

    [Fact]
    public async Task NotifyAsync_BurstBeyondTheRate_ResultsAreWhatNginxAnswered()
    {
        await using var nginx = await Server.StartAsync(Limited(429, rate: "1r/m"));
        await using var sender = await StartAsync(nginx);

        var results = await Task.WhenAll(Invitations().Select(invitation => sender.Notifier.NotifyAsync(invitation)));
        await Eventually.BecomesAsync(() => nginx.ReadRequests<Answer>().Count == results.Sum(result => result.Attempts), "a request for each attempt");

        Assert.Equal(Answers(nginx, 204).Count, results.Count(result => result.IsSuccess));
        Assert.All(results.Where(result => !result.IsSuccess), result =>
        {
            Assert.Equal((NotificationOutcome.Rejected, HttpStatusCode.TooManyRequests), (result.Outcome, result.StatusCode));
            Assert.True(result.IsTransient);
            Assert.Equal(3, result.Attempts);
        });
        Assert.Contains(results, result => !result.IsSuccess);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task NotifyAsync_NginxAsksForAPause_NothingIsSentUntilThen(int status)
    {
        await using var nginx = await Server.StartAsync(Limited(status, rate: "1r/m", headers: "add_header Retry-After 1800 always;"));
        await using var sender = await StartAsync(nginx);

        var results = new List<NotificationResult>();
        do
        {
            results.Add(await sender.Notifier.NotifyAsync(new Invitation("15551231234", "johnsnow", "mynetwork")));
        }
        while (results[^1].IsSuccess && results.Count < Burst);
        var next = await sender.Notifier.NotifyAsync(new Invitation("15551231234", "johnsnow", "mynetwork"));
        await Eventually.BecomesAsync(() => nginx.ReadRequests<Answer>().Count == results.Count, "a request for each attempt");

        Assert.Equal(
            (NotificationOutcome.Rejected, (HttpStatusCode)status, 1, TimeSpan.FromMinutes(30)),
            (results[^1].Outcome, results[^1].StatusCode!.Value, results[^1].Attempts, results[^1].RetryAfter));
        Assert.Equal((NotificationOutcome.Suspended, 0), (next.Outcome, next.Attempts));
        Assert.InRange(next.RetryAfter!.Value, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(30));
    }

    private static IEnumerable<Invitation> Invitations() => Enumerable.Range(0, Burst).Select(index =>
        new Invitation("15551231234", "johnsnow", "mynetwork") { Id = index.ToString(CultureInfo.InvariantCulture) });

    private static IReadOnlyList<string> Answers(Server nginx, int status) =>
        [.. nginx.ReadRequests<Answer>().Where(answer => answer.Status == status).Select(answer => answer.Key)];

    // "return" alone would answer before nginx looks at the limit.
    private static ServerProgram Limited(int status, string rate, int burst = 5, string headers = "") => ServerProgram.Nginx(port => $$"""
        limit_req_zone $binary_remote_addr zone=all:1m rate={{rate}};
        limit_req_status {{status}};
        server {
            listen 127.0.0.1:{{port}};
            location / {
                limit_req zone=all burst={{burst}} nodelay;
                {{headers}}
                try_files /nothing @provider;
            }
            location @provider { return 204; }
        }
        """);

    private static Task<Sender> StartAsync(Server nginx, bool reuseConnections = false, string? maxRequestsPerSecond = null)
    {
        var settings = Sender.Settings($"http://127.0.0.1:{nginx.Port}/", RequestShape.Query);
        settings["ReuseConnections"] = reuseConnections.ToString();
        settings["MaxRequestsPerSecond"] = maxRequestsPerSecond;
        settings["Retry:MaxRetryAttempts"] = "2";
        settings["Retry:Delay"] = "00:00:00.100";
        settings["CircuitBreaker:BreakDuration"] = "00:00:00.500";
        return Sender.StartAsync(settings, queue => queue.Redelivery = new(Enumerable.Repeat(TimeSpan.FromSeconds(0.2), 1000)));
    }

    private sealed record Answer(string Key, int Status);
}
