using System.Globalization;
using System.Text.Json;
using System.Xml;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Hears of configuration files that cannot be read any more. The framework empties such a file's values, announces no
/// change, and throws where nobody catches it.
/// </summary>
/// <param name="report">Gets the file's name and what is wrong with it.</param>
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

    // Messages of parsers can quote a piece of the file.
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
                return string.Create(CultureInfo.InvariantCulture, $"cannot be read: it is cut short or not well-formed at line {line}. Correct it");
            }
        }

        return $"cannot be read ({exception.GetBaseException().GetType().Name}). Correct it";
    }
}
