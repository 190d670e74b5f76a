using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>A configuration that changes at a moment that the test chooses.</summary>
internal sealed class ChangingConfiguration : ConfigurationProvider, IConfigurationSource
{
    private ChangingConfiguration(params (string Key, string? Value)[] values) => Set(values);

    public static (IConfiguration Configuration, ChangingConfiguration Source) Create(params (string Key, string? Value)[] values)
    {
        var source = new ChangingConfiguration(values);
        return (new ConfigurationBuilder().Add(source).Build(), source);
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public void Change(params (string Key, string? Value)[] values)
    {
        Set(values);
        OnReload();
    }

    private void Set((string Key, string? Value)[] values)
    {
        Data = values.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
    }
}
