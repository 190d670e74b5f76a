using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>Configurations, and what the library makes of them.</summary>
internal static class Settings
{
    public const string Section = "InvitationNotifier";

    public static IConfigurationRoot FromJson(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    public static IConfigurationRoot From(params (string Key, string? Value)[] pairs) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))
            .Build();

    public static InvitationNotifierOptions Read(IConfiguration section)
    {
        using var provider = new ServiceCollection().AddNotifier(section).BuildServiceProvider();
        return provider.GetRequiredService<IOptions<InvitationNotifierOptions>>().Value;
    }

    public static IReadOnlyList<string> Problems(IConfiguration section) =>
        [.. Assert.Throws<OptionsValidationException>(() => Read(section)).Failures];

    public static IReadOnlyList<string> Problems(string key, string? value) => Problems(From((key, value)));

    public static IReadOnlyList<string> Problems(Action<InvitationNotifierOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddInvitationNotifier(configure);
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<InvitationNotifierOptions>>();
        return [.. Assert.Throws<OptionsValidationException>(() => options.Value).Failures];
    }

    private static ServiceCollection AddNotifier(this ServiceCollection services, IConfiguration section)
    {
        services.AddInvitationNotifier(section);
        return services;
    }
}
