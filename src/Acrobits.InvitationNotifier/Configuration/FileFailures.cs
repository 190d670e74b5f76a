using System.Globalization;
using System.Text.Json;
using System.Xml;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Reports configuration files that can no longer be read. The framework clears the values of such a file, raises no change
/// token, and throws where nobody can catch it.
/// </summary>
/// <param name="report">Receives the file's name and the problem.</param>
internal sealed class FileFailures(Action<string, string> report) : IDisposable
{
    private readonly HashSet<FileConfigurationSource> _sources = [];

    public void Watch(IEnumerable<IConfigurationProvider> providers)
    {
        foreach (var source in providers.OfType<FileConfigurationProvider>().Select(provider => provider.Source).Where(_sources.Add))
        {
            source.OnLoadException += Report;
        }
    }

    public void Dispose()
    {
        foreach (var source in _sources)
        {
            source.OnLoadException -= Report;
        }

        _sources.Clear();
    }

    private void Report(FileLoadExceptionContext context) => report(context.Provider.Source.Path ?? "A file", Describe(context.Exception));

    // Messages of parser exceptions can quote the file, which can hold secrets.
    private static string Describe(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            var line = inner switch
            {
                JsonException json => json.LineNumber + 1,
                XmlException xml => xml.LineNumber,
                _ => null,
            };
            if (line is not null)
            {
                return string.Create(CultureInfo.InvariantCulture, $"cannot be read: it is truncated or not well-formed at line {line}. Correct it");
            }
        }

        return $"cannot be read ({exception.GetBaseException().GetType().Name}). Correct it";
    }
}
