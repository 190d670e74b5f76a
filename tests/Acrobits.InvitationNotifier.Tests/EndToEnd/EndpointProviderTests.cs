using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>An application's own endpoints, as in the example of docs/networks.md.</summary>
public sealed class EndpointProviderTests
{
    [Fact]
    public void NetworksPage_Example_IsTheOneTestedHere()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "EndToEnd", "networks.md")).ReplaceLineEndings("\n");
        var source = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "EndToEnd", "DatabaseEndpoints.cs"));
        var start = source.IndexOf("sealed class", StringComparison.Ordinal);
        var example = source[start..source.IndexOf("#pragma warning restore", start, StringComparison.Ordinal)].Trim();

        Assert.Contains(example.ReplaceLineEndings("\n"), page, StringComparison.Ordinal);
        Assert.Contains("builder.Services.AddScoped<NetworkStore>();", page, StringComparison.Ordinal);
        Assert.Contains("builder.Services.AddSingleton<IInvitationEndpointProvider, DatabaseEndpoints>();", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_EndpointsOfThePagesExample_AreUsedInsteadOfTheConfiguration(bool registeredFirst)
    {
        await using var provider = new Provider(Replies.NoContent);
        var database = new Database { ["stored"] = provider.Url + "%network_id%?i=%invitee%", ["none"] = null, ["wrong"] = "ftp://example.com" };
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([
            new("InvitationNotifier:InvitationCreatedUrl", provider.Url + "configured"),
            new("InvitationNotifier:UserAgent", "Sync Server 2.0"),
            new("InvitationNotifier:Egress:AllowedRanges:0", "127.0.0.1/32"),
        ]);
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }));
        builder.Services.AddSingleton(database);
        builder.Services.AddScoped<NetworkStore>();
        if (registeredFirst)
        {
            builder.Services.AddSingleton<IInvitationEndpointProvider, DatabaseEndpoints>();
        }

        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        if (!registeredFirst)
        {
            builder.Services.AddSingleton<IInvitationEndpointProvider, DatabaseEndpoints>();
        }

        using var application = builder.Build();
        await application.StartAsync();
        var notifier = application.Services.Notifier();

        Assert.Equal(NotificationOutcome.Delivered, (await notifier.NotifyAsync(new Invitation("+1", "john", "stored"))).Outcome);
        Assert.Equal(NotificationOutcome.Delivered, (await notifier.NotifyAsync(new Invitation("+1", "john", "stored"))).Outcome);
        Assert.Equal(NotificationOutcome.NotConfigured, (await notifier.NotifyAsync(new Invitation("+1", "john", "none"))).Outcome);
        Assert.Equal(NotificationOutcome.NotConfigured, (await notifier.NotifyAsync(new Invitation("+1", "john", "Stored"))).Outcome);
        await Assert.ThrowsAsync<OptionsValidationException>(() => notifier.NotifyAsync(new Invitation("+1", "john", "wrong")));

        // Each query has a context of its own, which ends with the query.
        Assert.Equal(["stored", "none", "Stored", "wrong"], database.Asked);
        Assert.Equal(database.Asked, database.Closed);
        Assert.Equal(2, provider.Requests.Count);
        Assert.All(provider.Requests, request =>
        {
            Assert.StartsWith("GET /stored?i=%2B1 HTTP/1.1\r\n", request, StringComparison.Ordinal);
            Assert.Contains("\r\nUser-Agent: Sync Server 2.0\r\n", request, StringComparison.Ordinal);
        });
        await application.StopAsync();
    }

    [Fact]
    public async Task NotifyAsync_EndpointProviderThrows_TheCallerGetsTheException()
    {
        using var application = Application.Create(
            "https://example.com/", (services, _) => services.AddSingleton<IInvitationEndpointProvider, Failing>());

        await Assert.ThrowsAsync<TimeoutException>(() => application.NotifyAsync());
    }

    private sealed class Failing : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) =>
            ValueTask.FromException<InvitationEndpoint?>(new TimeoutException("The database is away."));
    }
}

/// <summary>Stands in for the <c>DbContext</c> of the page's example: one query at a time, and none once it is disposed.</summary>
internal sealed class NetworkStore(Database database) : IAsyncDisposable
{
    private string? _asked;

    public async Task<string?> FindUrlAsync(string networkId, CancellationToken cancellationToken)
    {
        Assert.Null(Interlocked.Exchange(ref _asked, networkId));
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        database.Asked.Enqueue(networkId);
        return database.GetValueOrDefault(networkId);
    }

    public ValueTask DisposeAsync()
    {
        database.Closed.Enqueue(_asked!);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The URLs by network id.</summary>
internal sealed class Database : ConcurrentDictionary<string, string?>
{
    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<string> Closed { get; } = new();
}
