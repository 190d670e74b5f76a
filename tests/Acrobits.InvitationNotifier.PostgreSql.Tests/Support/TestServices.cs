using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Support;

internal static class TestServices
{
    /// <summary>Adds the real notifier, for a provider on loopback.</summary>
    public static IServiceCollection AddTestNotifier(this IServiceCollection services, string url)
    {
        services.AddInvitationNotifier(options =>
        {
            options.InvitationCreatedUrl = url;
            options.Egress.AllowedRanges = ["127.0.0.0/8"];

            // A machine under load is slow, and a provider that fails is here to be asked again at once.
            options.AttemptTimeout = options.TotalTimeout = TimeSpan.FromHours(12);
            options.CircuitBreaker.MinimumThroughput = 10_000;
        });
        return services;
    }
}
