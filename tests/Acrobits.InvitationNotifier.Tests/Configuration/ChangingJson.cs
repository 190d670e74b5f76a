using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>A JSON text that changes as a file does, at a moment that the test chooses.</summary>
internal sealed class ChangingJson
{
    private readonly Provider _provider = new();
    private readonly Lazy<IConfigurationRoot> _configuration;

    public ChangingJson(string json)
    {
        _provider.Read(json);
        _configuration = new(() => new ConfigurationBuilder().Add(Source).Build());
    }

    public IConfigurationRoot Configuration => _configuration.Value;

    public IConfigurationSource Source => new OneProvider(_provider);

    public void Change(string json)
    {
        _provider.Read(json);
        _provider.Announce();
    }

    private sealed class OneProvider(IConfigurationProvider provider) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => provider;
    }

    private sealed class Provider : ConfigurationProvider
    {
        public void Read(string json)
        {
            var reader = new Reader();
            reader.Load(new MemoryStream(Encoding.UTF8.GetBytes(json)));
            Data = reader.Values;
        }

        public void Announce() => OnReload();
    }

    private sealed class Reader() : JsonConfigurationProvider(new JsonConfigurationSource())
    {
        public IDictionary<string, string?> Values => Data;
    }
}
