using Acrobits.InvitationNotifier.Tool;

return await App.RunAsync(args);
