using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Acrobits.InvitationNotifier.Sample.Cli;

/// <summary>Reads the notifier's section of a JSON configuration file, with errors that a user can act upon.</summary>
internal static class ConfigurationFile
{
    public const string SectionName = "InvitationNotifier";

    public static IConfigurationSection ReadSection(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new CommandException($"There is no file {file.FullName}.");
        }

        using var stream = file.OpenRead();
        var section = Parse(file, stream).GetSection(SectionName);
        return section.GetChildren().Any()
            ? section
            : throw new CommandException($"{file.Name} has no section \"{SectionName}\", or it is empty.");
    }

    private static IConfigurationRoot Parse(FileInfo file, Stream stream)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonStream(stream).Build();
        }
        catch (JsonException exception)
        {
            // Both count from zero.
            throw new CommandException(
                $"{file.Name} is not valid JSON: " +
                $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
        catch (FormatException exception)
        {
            throw new CommandException($"{file.Name} is no configuration: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            throw new CommandException($"{file.Name} has text that Unicode does not allow: half a surrogate pair.");
        }
    }
}
