using System.Text.Json;
using Acrobits.InvitationNotifier.Tool.Cli;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Tool.Commands;

/// <summary>Reads the section of the notifier from a JSON configuration file.</summary>
internal static class ConfigurationFile
{
    public const string SectionName = "InvitationNotifier";

    public static IConfigurationSection ReadSection(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new CommandException($"The file {file.FullName} does not exist.");
        }

        using var stream = file.OpenRead();
        var section = Parse(file, stream).GetSection(SectionName);
        return section.GetChildren().Any()
            ? section
            : throw new CommandException($"{file.Name} has no section \"{SectionName}\", or the section is empty.");
    }

    private static IConfigurationRoot Parse(FileInfo file, Stream stream)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonStream(stream).Build();
        }
        catch (JsonException exception)
        {
            // Both numbers start at zero.
            throw new CommandException(
                $"{file.Name} is not valid JSON: " +
                $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
        catch (FormatException exception)
        {
            throw new CommandException($"{file.Name} is not a configuration file: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            throw new CommandException($"{file.Name} contains half a surrogate pair (\\ud800 to \\udfff), which is not valid text.");
        }
    }
}
