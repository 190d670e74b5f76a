using Acrobits.InvitationNotifier.Tests.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests;

public class InvitationEndpointProviderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetEndpointAsync_OwnProvider_ReplacesTheDefault(bool isRegisteredBefore)
    {
        var endpoint = InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://own.example/?%network_id%" });
        var own = new OwnProvider(networkId => networkId == "known" ? endpoint : null);
        using var notifier = new MockedNotifier(
            services =>
            {
                if (isRegisteredBefore)
                {
                    services.AddSingleton<IInvitationEndpointProvider>(own);
                }

                var builder = services.AddInvitationNotifier(options => options.InvitationCreatedUrl = "https://example.com/");
                if (!isRegisteredBefore)
                {
                    services.AddSingleton<IInvitationEndpointProvider>(own);
                }

                return builder;
            });

        Assert.Equal("https://own.example/?known", await notifier.UrlOfAsync("known"));
        Assert.Equal(NotificationOutcome.NotConfigured, (await notifier.NotifyAsync("other")).Outcome);
    }

    [Fact]
    public async Task GetEndpointAsync_OwnProviderThrows_ReachesTheCaller()
    {
        using var notifier = new MockedNotifier(
            _ => { },
            services => services.AddSingleton<IInvitationEndpointProvider>(
                new OwnProvider(_ => throw new InvalidOperationException("The database is away."))));

        await Assert.ThrowsAsync<InvalidOperationException>(() => notifier.NotifyAsync());
    }

    [Fact]
    public async Task GetEndpointAsync_OwnProviderCompilesEachTime_WarnsOnceForEachNetwork()
    {
        const int ProbableMistake = 22;
        using var notifier = new MockedNotifier(
            _ => { },
            services => services.AddSingleton<IInvitationEndpointProvider>(
                new OwnProvider(_ => InvitationEndpoint.Create(new() { InvitationCreatedUrl = "https://own.example/?i=%inviter%&n=%invitee%%network_id%" }))));

        for (var i = 0; i < 3; i++)
        {
            await notifier.NotifyAsync("one");
            await notifier.NotifyAsync("two");
        }

        Assert.Equal(2, notifier.Logged(ProbableMistake).Count());
    }

    private sealed class OwnProvider(Func<string, InvitationEndpoint?> find) : IInvitationEndpointProvider
    {
        public ValueTask<InvitationEndpoint?> GetEndpointAsync(string networkId, CancellationToken cancellationToken) =>
            new(find(networkId));
    }
}
