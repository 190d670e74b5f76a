using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Tests.Configuration;

/// <summary>A real file, and what can happen to it while the process runs.</summary>
public sealed class FileReloadTests : IDisposable
{
    private const int Reloaded = 20;
    private const int Invalid = 21;
    private const string One = "https://one.example/";
    private const string Two = "https://two.example/";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly PhysicalFileProvider _files;

    public FileReloadTests()
    {
        _files = new PhysicalFileProvider(_directory.FullName);
        Write(Good(One));
    }

    private string File => Path.Combine(_directory.FullName, "settings.json");

    public void Dispose()
    {
        _files.Dispose();
        _directory.Delete(recursive: true);
    }

    public static TheoryData<string, string?> Damages => new()
    {
        { "deleted", null },
        { "empty", "" },
        { "half", """{ "InvitationNotifier": { "InvitationCreatedUrl": "https://s3cr3t.exam""" },
        { "unquoted", """{ "InvitationNotifier": { "InvitationCreatedUrl": s3cr3t } }""" },
        { "not an object", "[ \"s3cr3t\" ]" },
        { "twice the same key", """{ "InvitationNotifier": { "InvitationCreatedUrl": "s3cr3t", "InvitationCreatedUrl": "s3cr3t" } }""" },
        { "no keys", "{}" },
        { "renamed", """{ "Notifier": { "InvitationCreatedUrl": "https://s3cr3t.example/" } }""" },
    };

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Damages))]
    public async Task Reload_FileIsDamaged_IsSaidAndTheLastGoodConfigurationStaysUntilItIsMended(string damage, string? content)
    {
        using var root = (ConfigurationRoot)new ConfigurationBuilder().Add(Source()).Build();
        using var notifier = new MockedNotifier(root.GetSection("InvitationNotifier"));
        Assert.Equal(One, await notifier.UrlOfAsync());

        Write(content);
        await UntilAsync(() => notifier.Logged(Invalid).Any(), TestContext.Current.CancellationToken);

        Assert.Equal(One, await notifier.UrlOfAsync());
        Assert.All(notifier.Logged(Invalid), record =>
        {
            Assert.Equal(LogLevel.Error, record.Level);
            Assert.DoesNotContain("s3cr3t", record.Message, StringComparison.Ordinal);
        });
        Assert.True(
            damage is "no keys" or "renamed" or "deleted" || notifier.Logged(Invalid).Any(record => record.Message.Contains("settings.json: cannot be read", StringComparison.Ordinal)),
            damage);

        Write(Good(Two));
        await UntilAsync(() => notifier.Logged(Reloaded).Any(), TestContext.Current.CancellationToken);
        Assert.Equal(Two, await notifier.UrlOfAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Reload_FileIsDamagedBehindAHost_IsSaid()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddConfiguration(new ConfigurationBuilder().Add(Source()).Build());
        builder.Services.AddFakeLogging();
        builder.Services.AddInvitationNotifier(builder.Configuration.GetSection("InvitationNotifier"));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        Write("{");

        await UntilAsync(() => host.Services.GetFakeLogCollector().GetSnapshot().Any(record => record.Id.Id == Invalid), TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Dispose_OfTheContainer_LeavesNothingOfItInTheConfiguration()
    {
        var source = Source();
        source.ReloadOnChange = false;
        var asked = 0;
        source.OnLoadException = _ => asked++;
        using var root = (ConfigurationRoot)new ConfigurationBuilder().Add(source).Build();
        var handler = source.OnLoadException;

        using (var notifier = new MockedNotifier(root.GetSection("InvitationNotifier")))
        {
            Write("{");
            Assert.Throws<InvalidDataException>(root.Reload);
            Assert.Single(notifier.Logged(Invalid));
        }

        Assert.Equal(1, asked);
        Assert.Equal(handler, source.OnLoadException);
    }

    [Fact(Timeout = 60_000)]
    public async Task Reload_WhileAnotherFileIsDamaged_KeepsTheLastGoodConfiguration()
    {
        var common = new ChangingJson("""{ "InvitationNotifier": { "UserAgent": "Server/2" } }""");
        using var root = (ConfigurationRoot)new ConfigurationBuilder().Add(common.Source).Add(Source()).Build();
        using var notifier = new MockedNotifier(root.GetSection("InvitationNotifier"));
        Assert.Equal(One, await notifier.UrlOfAsync());

        Write("{");
        await UntilAsync(() => notifier.Logged(Invalid).Any(), TestContext.Current.CancellationToken);
        common.Change("""{ "InvitationNotifier": { "UserAgent": "Server/3" } }""");

        Assert.Equal(One, await notifier.UrlOfAsync());
        Assert.Empty(notifier.Logged(Reloaded));
    }

    private static string Good(string url) => $$"""{ "InvitationNotifier": { "InvitationCreatedUrl": "{{url}}" } }""";

    private JsonConfigurationSource Source() =>
        new() { FileProvider = _files, Path = "settings.json", ReloadOnChange = true, ReloadDelay = 10 };

    // Moved into its place, as deployments do: nobody reads half of what is meant to be whole.
    private void Write(string? content)
    {
        if (content is null)
        {
            System.IO.File.Delete(File);
            return;
        }

        System.IO.File.WriteAllText(File + ".new", content);
        System.IO.File.Move(File + ".new", File, overwrite: true);
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            await Task.Delay(10, cancellationToken);
        }
    }
}
